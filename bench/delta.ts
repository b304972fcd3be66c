/**
 * One pool of ten thousand toggled: from the line that the server sends to the kernel's acknowledgement, in the agent, against
 * one raw `ipset add` or `del` process. Every change is then looked up in the kernel.
 */
import { iptablesDataplane } from '../agent/dataplane/iptables/driver.ts';
import { systemIn } from '../agent/exec.ts';
import { adjustWanted, applyDelta, holdState, wantedOf } from '../agent/held-state.ts';
import { readMessage } from '../core/wire/read-message.ts';
import { addShare, poolShare, removeShare, revisionOf } from '../core/wire/revision.ts';
import { type Bench, figure } from './bench.ts';
import { benchNode, manyPool, millisecondsSince } from './kernel-node.ts';

const POOLS = 10_000;
const ROUNDS = 200;
const settings = { global: {}, nodes: {} };

export const bench: Bench = {
  summary: 'one pool of 10k toggled, delta at the agent to the kernel, against one raw ipset process',
  async run(log) {
    const node = benchNode('delta');
    if ('skipped' in node) return node;
    const { exec, open } = systemIn(node.name);
    const dataplane = iptablesDataplane({ exec, open }, 'iptables-nft', process.pid);
    try {
      const pools = Array.from({ length: POOLS }, (_, i) => manyPool(i));
      const held = holdState(pools, settings, []);
      held.sequence = 1;
      const wanted = wantedOf(held, 'bench');
      const found = (await dataplane.read()).families[4];
      if (found === undefined) throw new Error('IPv4 is not available');
      const { failure } = await dataplane.apply(dataplane.plan(wanted[4], found));
      if (failure !== null) throw new Error(failure.message);
      await exec({ file: 'ipset', args: ['create', 'raw-set', 'hash:net'] });

      const ours: number[] = [];
      const raw: number[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        const before = manyPool(round >> 1, round % 2 === 0);
        const after = manyPool(round >> 1, round % 2 !== 0);
        const sum = addShare(removeShare(held.sum, poolShare(before)), poolShare(after));
        const line = JSON.stringify({
          type: 'delta',
          from: held.sequence,
          sequence: (held.sequence ?? 0) + 1,
          revision: revisionOf(sum, settings, []),
          upsert: [after],
          remove: [],
        });
        const start = process.hrtime.bigint();
        const message = readMessage(JSON.parse(line));
        const result = message.ok && message.value.type === 'delta' ? applyDelta(held, message.value) : null;
        if (result === null || !result.ok || result.members === null) throw new Error('the delta does not fit');
        adjustWanted(wanted, result.members);
        const acknowledged = await dataplane.adjust(result.members);
        ours.push(millisecondsSince(start));
        if (!acknowledged) throw new Error('the kernel did not acknowledge the change');
        const inSet = await exec({ file: 'ipset', args: ['-q', 'test', 'outgate-src-v4', after.spec.cidr] });
        if ((inSet.code === 0) !== after.spec.natOutgoing) throw new Error('the kernel does not hold the change');

        const command = round % 2 === 0 ? 'add' : 'del';
        const rawStart = process.hrtime.bigint();
        const done = await exec({ file: 'ipset', args: [command, 'raw-set', before.spec.cidr] });
        raw.push(millisecondsSince(rawStart));
        if (done.code !== 0) throw new Error(done.stderr);
      }
      log(`${ROUNDS} changes`);
      return [
        figure('delta to kernel at 10k pools', 'ms', ours, {
          peer: { name: 'one raw ipset process', runs: raw },
          goal: { text: 'at most 0.25 x raw', check: (_, ratio) => ratio <= 0.25 },
        }),
      ];
    } finally {
      dataplane.close();
      node.remove();
    }
  },
};
