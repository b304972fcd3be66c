/** Changes that arrive while the kernel is being programmed. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Pool } from '../core/pool/spec.ts';
import { poolShare, revisionOf } from '../core/wire/revision.ts';
import { conditionList } from './conditions.ts';
import { iptablesDataplane } from './dataplane/iptables/driver.ts';
import { systemIn } from './exec.ts';
import { applyDelta, type HeldState, holdState } from './held-state.ts';
import { agentMetrics } from './metrics.ts';
import { reconciler } from './reconcile.ts';
import { cannotRun, type Namespace, namespace } from './testing/namespaces.ts';

const settings = { global: {}, nodes: {} };
const corp = (natOutgoing: boolean): Pool => ({ name: 'corp', spec: { cidr: '10.10.0.0/24', natOutgoing } });

describe.skipIf(cannotRun !== null)('changes one after the other', () => {
  let node: Namespace;
  beforeAll(() => {
    node = namespace('turn');
  });
  afterAll(() => node?.remove());

  it('those that wait for a round do not take the kernel back to what it was before the last of them', async () => {
    const told: { sequence: number | null; sources: boolean }[] = [];
    const loop = reconciler({
      node: 'n1',
      dataplane: iptablesDataplane(systemIn(node.name), 'iptables-nft', process.pid),
      conditions: conditionList(() => new Date().toISOString()),
      metrics: agentMetrics('n1', 'iptables-nft'),
      record: { read: () => undefined, write: () => undefined },
      facts: async () => null,
      onReport: (make) => {
        const sources = node.run('ipset save').includes('add outgate-src-v4 10.10.0.0/24');
        told.push({ sequence: make().sequence, sources });
      },
    });
    const held: HeldState = { ...holdState([], settings, []), sequence: 1 };
    const change = (pool: Pool): Promise<void> => {
      const sequence = (held.sequence ?? 0) + 1;
      const revision = revisionOf(poolShare(pool), settings, []);
      const taken = applyDelta(held, {
        type: 'delta',
        from: sequence - 1,
        sequence,
        revision,
        upsert: [pool],
        remove: [],
      });
      if (!taken.ok) throw new Error(taken.reason);
      return loop.state(held, taken.members);
    };
    await Promise.all([loop.state(held, null), change(corp(true)), change(corp(false))]);
    expect(told).toEqual([{ sequence: 3, sources: false }]);
    // and those that come in one breath are one
    await Promise.all([change(corp(true)), change(corp(false)), change(corp(true))]);
    expect(told.slice(1)).toEqual([{ sequence: 6, sources: true }]);
    await loop.stop();
  });
});
