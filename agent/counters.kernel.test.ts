/** What a pool has counted stays counted when its set is written anew. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../core/wire/report.ts';
import { cannotRun, type Namespace, namespace } from './testing/namespaces.ts';
import { manifests, once, workDir } from './testing/run-agent.ts';

const kept = { cidr: '10.10.0.0/24', natOutgoing: true };
const many = Object.fromEntries(
  Array.from({ length: 1500 }, (_, i) => [`p-${i}`, { cidr: `20.${i >> 8}.${i & 255}.0/24`, natOutgoing: true }]),
);

describe.skipIf(cannotRun !== null)('counters', () => {
  let node: Namespace;
  const dir = workDir();
  beforeAll(() => {
    node = namespace('count');
  });
  afterAll(() => {
    node?.remove();
    dir.remove();
  });
  const program = async (pools: Readonly<Record<string, object>>): Promise<Report> => {
    const source = `file:${dir.write('pools.json', manifests(pools))}`;
    const report = await once('--source', source, '--node', 'n1', '--netns', node.name, '--state-dir', dir.path);
    expect(report.state).toBe('Programmed');
    return report;
  };
  const counted = ({ families }: Report) => {
    const members = families['4'].sets.find(({ name }) => name === 'outgate-src-v4')?.members ?? [];
    return members.filter(({ packets }) => packets !== 0);
  };

  it.each([
    ['many members change', () => undefined],
    ['its header is wrong', () => void node.run('ipset create other hash:net counters timeout 900')],
  ])('go on where they were when %s and the set is swapped', async (_what, damage) => {
    await program({ kept });
    const count = { cidr: kept.cidr, packets: 70, bytes: 4200 };
    node.run('ipset del outgate-src-v4 10.10.0.0/24');
    node.run('ipset add outgate-src-v4 10.10.0.0/24 packets 70 bytes 4200');
    damage();
    if (node.tries('ipset list other')) {
      node.run('ipset add other 10.10.0.0/24 packets 70 bytes 4200');
      node.run('ipset swap other outgate-src-v4');
      node.run('ipset destroy other');
    }
    expect(counted(await program({ kept, ...many }))).toEqual([count]);
    expect(counted(await program({ kept }))).toEqual([count]);
  });
});
