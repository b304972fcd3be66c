/** Since when a node says that something is so, held against our own clock. */
import type { Condition } from '../../../core/wire/report.ts';

/** no agent is as old */
const EARLIEST = Date.UTC(2020, 0, 1);

/** As it is kept. `said`: the time that the node gives for it, where that is not believed. */
export interface DatedCondition extends Condition {
  readonly said?: string;
}

/**
 * A time that is still to come, or from before there were agents, says nothing: the node's clock is wrong, or somebody lies.
 * Then it is so since we first heard it, also when that time has come. `before`: what was kept of the last report.
 */
export function dateConditions(
  said: readonly Condition[],
  before: readonly DatedCondition[],
  now: Date,
): DatedCondition[] {
  return said.map((condition) => {
    const same = before.find(
      ({ type, status, reason }) =>
        type === condition.type && status === condition.status && reason === condition.reason,
    );
    const since = Date.parse(condition.since);
    const possible = since >= EARLIEST && since <= now.getTime();
    if (possible && same?.said !== condition.since) return condition;
    return { ...condition, since: same?.since ?? now.toISOString(), said: condition.since };
  });
}
