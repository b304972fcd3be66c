/** What a refusal of the cluster means for an object of ours. */
import type { SyncReason, SyncState } from '../../core/cluster/sync-state.ts';
import type { SyncDetail } from '../db/sync.ts';
import type { KubeError } from '../kube/kube-error.ts';

/** `again`: the cluster did not answer, or something moved: ask again after a wait. `settled`: a change will bring it up. */
export type SyncOutcome = 'settled' | 'again';

export interface Refused {
  readonly outcome: SyncOutcome;
  readonly state: SyncState;
  readonly reason: SyncReason;
  readonly detail: SyncDetail;
}

/** `refused`: the reason where the cluster does not want what was asked. */
export function refusedBy({ failure, kind }: KubeError, refused: SyncReason = 'RefusedByCluster'): Refused {
  const { message, conflicts, causes, missing } = failure;
  switch (kind) {
    case 'conflict': {
      // the server names them in any order: said again otherwise it would be news
      const fields = [...new Set(conflicts.map(({ field }) => field.replace(/^spec\./, '')))].sort();
      const managers = [...new Set(conflicts.map(({ manager }) => manager))].sort();
      return {
        outcome: 'settled',
        state: 'Contested',
        reason: 'FieldOwnedByOther',
        detail: { message, fields, managers },
      };
    }
    case 'invalid':
    case 'bad-request': {
      const fields = causes.map(({ field }) => field);
      return { outcome: 'settled', state: 'Rejected', reason: refused, detail: { message, fields } };
    }
    case 'forbidden': {
      // a webhook refuses with 403 as well; no right would help, and who runs it may change it
      if (missing === null) {
        return { outcome: 'again', state: 'Rejected', reason: refused, detail: { message } };
      }
      const right = `${missing.verb} ${missing.resource}.${missing.group}`;
      return { outcome: 'again', state: 'Forbidden', reason: 'RightMissing', detail: { message, missing: right } };
    }
    default:
      return { outcome: 'again', state: 'Pending', reason: 'WaitingForCluster', detail: { message } };
  }
}
