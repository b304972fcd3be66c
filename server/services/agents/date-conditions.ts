/** Since when a node says that something is so, held against our own clock. */
import type { Condition } from '../../../core/wire/report.ts';

/** no agent is as old */
const EARLIEST = Date.UTC(2020, 0, 1);

/**
 * A time that is still to come, or from before there were agents, says nothing: the node's clock is wrong, or somebody lies.
 * Then it is so since we first heard it. `before`: what was kept of the last report.
 */
export function dateConditions(said: readonly Condition[], before: readonly Condition[], now: Date): Condition[] {
  return said.map((condition) => {
    const since = Date.parse(condition.since);
    if (since >= EARLIEST && since <= now.getTime()) return condition;
    const same = before.find(
      ({ type, status, reason }) =>
        type === condition.type && status === condition.status && reason === condition.reason,
    );
    return { ...condition, since: same?.since ?? now.toISOString() };
  });
}
