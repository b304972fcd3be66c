import type { NodeFacts } from '../../../core/nat/node-facts.ts';
import type { Database } from '../../db/client.ts';
import { AppError } from '../app-error.ts';
import { notify } from '../notify.ts';
import { hostsOf, moveHosts } from './hosts.ts';

/**
 * The node's credential, reports and samples go, and its stream ends on whichever server holds it. Throws NOT_FOUND.
 * Rules that its agent programmed stay in its kernel: they are removed there, by `--cleanup`.
 */
export function forgetNode(db: Database, name: string): Promise<void> {
  return db.transaction(async (tx) => {
    const [row] = await tx.query<{ facts: NodeFacts | null }>('DELETE FROM node WHERE name = $1 RETURNING facts', [
      name,
    ]);
    if (row === undefined) throw new AppError('NOT_FOUND', `there is no node ${name}`);
    await moveHosts(tx, hostsOf(row.facts), []);
    await notify(tx, { kind: 'credential', node: name });
    await notify(tx, { kind: 'node', node: name });
  });
}
