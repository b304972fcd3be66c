/** A node's state against the effective state, at a time. */

import { type NodeState, nodeStates } from '../../../core/wire/reasons.ts';
import type { Condition } from '../../../core/wire/report.ts';
import type { NodeRow } from '../../db/nodes.ts';

/** Three report intervals without a report. */
export const STALE_AFTER_MS = 30_000;

/**
 * Stale goes before everything: what it said is too old to say it again. A node that programmed another revision than the
 * effective one is Pending. The condition that says so comes first.
 */
export function nodeStateAt(
  row: Pick<NodeRow, 'state' | 'revision' | 'reportedAt' | 'joinedAt' | 'conditions'>,
  revision: string,
  now: Date,
): { state: NodeState; conditions: Condition[] } {
  const last = row.reportedAt ?? row.joinedAt;
  if (now.getTime() - last.getTime() > STALE_AFTER_MS) {
    const message = row.reportedAt === null ? 'it has never reported' : `its last report came at ${last.toISOString()}`;
    return { state: 'Stale', conditions: [condition('NoReport', message, last), ...row.conditions] };
  }
  const reported = nodeStates.find((state) => state === row.state) ?? 'Pending';
  if (reported === 'Programmed' && row.revision !== revision) {
    const message = `it holds revision ${row.revision ?? 'none'}, the effective one is ${revision}`;
    return { state: 'Pending', conditions: [condition('RevisionBehind', message, last), ...row.conditions] };
  }
  return { state: reported, conditions: [...row.conditions] };
}

const condition = (reason: Condition['reason'], message: string, since: Date): Condition => ({
  type: 'Current',
  status: 'False',
  reason,
  message,
  since: since.toISOString(),
});
