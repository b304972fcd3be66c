/** The addresses of all nodes, as the agents report them: part of the desired state while a setting makes them matter. */

import type { NodeFacts } from '../../../core/nat/node-facts.ts';
import { hostsMatter, revisionOf } from '../../../core/wire/revision.ts';
import type { Queryable } from '../../db/client.ts';
import { lockDesired, writeChange } from '../../db/desired.ts';
import { noticeText } from '../../events/notice.ts';
import { system } from '../actor.ts';
import { nodeAddresses } from '../nodes/node-addresses.ts';

/** More than any node has: one report must not be able to fill everybody's set of hosts. */
const MOST = 64;

/** What one node adds to the hosts. */
export const hostsOf = (facts: NodeFacts | null): string[] => nodeAddresses([{ facts }]).slice(0, MOST);

/**
 * Call it in the transaction that moved a node's addresses from `before` to `after`. Like every change it takes its turn
 * at the desired row; it becomes a change only where it changes NAT.
 */
export async function moveHosts(tx: Queryable, before: readonly string[], after: readonly string[]): Promise<void> {
  if (before.length === after.length && before.every((address, index) => address === after[index])) return;
  const desired = await lockDesired(tx);
  const hosts = await nextHosts(tx, desired.hosts, before, after);
  if (hosts.length === desired.hosts.length && hosts.every((address, index) => address === desired.hosts[index]))
    return;
  if (!hostsMatter(desired.settings)) {
    await tx.query('UPDATE desired SET hosts = $1::jsonb WHERE id = 1', [JSON.stringify(hosts)]);
    return;
  }
  const sequence = desired.sequence + 1;
  const revision = revisionOf(desired.poolSum, desired.settings, hosts);
  await writeChange(tx, {
    next: { ...desired, sequence, revision, hosts },
    upsert: [],
    remove: [],
    actorId: system.id,
    actor: system.name,
    role: system.role,
    action: 'hosts.update',
    target: 'hosts',
    pools: [],
    reason: null,
    before: { hosts: desired.hosts },
    after: { hosts },
    notice: noticeText({ kind: 'change', sequence }),
  });
}

/** Addresses only added need no look at the other nodes; one that went may still be another node's. */
async function nextHosts(
  tx: Queryable,
  hosts: readonly string[],
  before: readonly string[],
  after: readonly string[],
): Promise<string[]> {
  if (before.every((address) => after.includes(address))) return [...new Set([...hosts, ...after])].sort();
  const rows = await tx.query<{ facts: NodeFacts | null }>('SELECT facts FROM node WHERE facts IS NOT NULL');
  return [...new Set(rows.flatMap((row) => hostsOf(row.facts)))].sort();
}
