/** What others, and bad luck, can do to a programming that is under way: NAT stays what it was, or becomes what is wanted. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Pool } from '../../../core/pool/spec.ts';
import { type Exec, systemIn } from '../../exec.ts';
import { holdState, wantedOf } from '../../held-state.ts';
import { cannotRun, type Namespace, namespace } from '../../testing/namespaces.ts';
import type { Dataplane, Failure, HeldFamily } from '../driver.ts';
import { iptablesDataplane } from './driver.ts';

const many = (count: number, first: number): Pool[] =>
  Array.from({ length: count }, (_, i) => ({
    name: `p-${i}`,
    spec: { cidr: `${first + (i >> 16)}.${(i >> 8) & 255}.${i & 255}.0/24`, natOutgoing: true },
  }));
const wantedFor = (
  pools: readonly Pool[],
  natOutgoingExclusions: 'IPPoolsOnly' | 'IPPoolsAndHostIPs' = 'IPPoolsOnly',
) => wantedOf(holdState(pools, { global: { natOutgoingExclusions }, nodes: {} }, ['192.0.2.1']), 'n1')[4];

describe.skipIf(cannotRun !== null)('adversity', () => {
  let node: Namespace;
  let dataplane: Dataplane;
  const backend = 'iptables-nft';

  beforeEach(() => {
    node = namespace('adv');
    dataplane = over((exec) => exec);
  });
  afterEach(() => node?.remove());

  /** A driver whose commands go another way. */
  function over(way: (exec: Exec) => Exec, kind: 'iptables-nft' | 'iptables-legacy' = backend): Dataplane {
    const { exec, open } = systemIn(node.name);
    return iptablesDataplane({ exec: way(exec), open }, kind, process.pid);
  }
  async function heldBy(driver: Dataplane): Promise<HeldFamily> {
    const { families, unavailable } = await driver.read();
    if (families[4] === undefined) throw new Error(unavailable[4]?.message);
    return families[4];
  }
  async function program(wanted: ReturnType<typeof wantedFor>, driver = dataplane): Promise<Failure | null> {
    return (await driver.apply(driver.plan(wanted, await heldBy(driver)))).failure;
  }
  async function differs(wanted: ReturnType<typeof wantedFor>): Promise<string[]> {
    return dataplane.plan(wanted, await heldBy(dataplane)).findings.map(({ reason }) => reason);
  }
  const setNames = (): string[] => node.run('ipset list -name').trim().split('\n').sort();
  /** what packets meet, in any order of members */
  const nat = (): string =>
    node.run('iptables-nft -t nat -S') +
    node
      .run('ipset save')
      .split('\n')
      .filter((line) => /^add outgate-(?!tmp)/.test(line))
      .map((line) => line.replace(/ packets.*/, ''))
      .sort()
      .join('\n');

  it('a swap that fails in the middle takes the one before it back', async () => {
    expect(await program(wantedFor(many(1500, 11)))).toBeNull();
    const plan = dataplane.plan(wantedFor(many(1500, 51)), await heldBy(dataplane));
    node.run('iptables-nft -t nat -F OUTGATE-POSTROUTING');
    node.run('ipset destroy outgate-exempt-v4');
    node.run('ipset create outgate-exempt-v4 hash:ip');
    const before = nat();
    const { failure } = await dataplane.apply(plan);
    expect(failure?.message).toMatch(/could not swap the new outgate-exempt-v4 in: .*type does not match/);
    expect(nat()).toBe(before);
    expect(setNames()).toEqual(['outgate-exempt-v4', 'outgate-src-v4']);
    expect(await program(wantedFor(many(1500, 51)))).toBeNull();
    expect(await differs(wantedFor(many(1500, 51)))).toEqual([]);
  });

  it('an ipset that is killed while it fills leaves NAT as it was, and no temporary set', async () => {
    expect(await program(wantedFor(many(10, 11)))).toBeNull();
    const before = nat();
    const wanted = wantedFor(many(100_000, 51));
    const hasty = over(
      (exec) => (command) => exec(command.args[0] === 'restore' ? { ...command, timeout: 50 } : command),
    );
    const failure = await program(wanted, hasty);
    expect(failure?.message).toMatch(/did not end within 50 ms/);
    expect(nat()).toBe(before);
    expect(setNames()).toEqual(['outgate-exempt-v4', 'outgate-src-v4']);
    expect(await program(wanted)).toBeNull();
    expect(await differs(wanted)).toEqual([]);
  });

  it('a writer killed in the middle of a line has not written a wider member', async () => {
    expect(await program(wantedFor(many(1, 11)))).toBeNull();
    const wanted = wantedFor(many(3, 11));
    const [step] = dataplane.plan(wanted, await heldBy(dataplane)).steps;
    const text = [...(step?.lines ?? [])].join('\n');
    const before = nat();
    const { exec } = systemIn(node.name);
    const first = text.split('\n')[0] ?? '';
    for (let length = 1; length < first.length; length++) {
      expect((await exec({ file: 'ipset', args: ['restore'], stdin: first.slice(0, length) })).code).not.toBe(0);
    }
    expect(nat()).toBe(before);
    expect(await program(wanted)).toBeNull();
    expect(await differs(wanted)).toEqual([]);
  });

  it('a leftover that a foreign rule holds stops nothing', async () => {
    node.run('ipset create outgate-tmp-99999999-exempt-v4 hash:net');
    node.run('ipset create outgate-tmp-99999999-src-v4 hash:net');
    node.run('iptables-nft -A FORWARD -m set --match-set outgate-tmp-99999999-exempt-v4 src -j DROP');
    const wanted = wantedFor(many(1500, 11));
    expect(await program(wanted)).toBeNull();
    expect(await program(wantedFor(many(1500, 51)))).toBeNull();
    expect(await differs(wantedFor(many(1500, 51)))).toEqual([]);
    expect(setNames()).toEqual(['outgate-exempt-v4', 'outgate-src-v4', 'outgate-tmp-99999999-exempt-v4']);
    expect(node.run('iptables-nft -S FORWARD')).toContain('outgate-tmp-99999999-exempt-v4');
  });

  it('a set that a foreign rule holds is rewritten under it, and stays when it is no longer wanted', async () => {
    expect(await program(wantedFor(many(1500, 11), 'IPPoolsAndHostIPs'))).toBeNull();
    node.run('iptables-nft -A FORWARD -m set --match-set outgate-src-v4 src -j ACCEPT');
    node.run('iptables-nft -A FORWARD -m set --match-set outgate-nodes-v4 dst -j ACCEPT');
    const foreign = node.run('iptables-nft -S FORWARD');
    const wanted = wantedFor(many(1500, 51));
    expect(await program(wanted)).toBeNull();
    expect(await differs(wanted)).toEqual([]);
    expect(setNames()).toEqual(['outgate-exempt-v4', 'outgate-nodes-v4', 'outgate-src-v4']);
    expect(node.run('iptables-nft -S FORWARD')).toBe(foreign);
    const again = dataplane.plan(wanted, await heldBy(dataplane));
    expect(again.steps.map(({ title }) => title)).toEqual(['remove outgate-nodes-v4']);
    expect(await dataplane.apply(again)).toEqual({ failure: null, changed: false });
    node.run('iptables-nft -F FORWARD');
    expect(await dataplane.apply(again)).toEqual({ failure: null, changed: true });
    expect(setNames()).toEqual(['outgate-exempt-v4', 'outgate-src-v4']);
  });

  it('a set of another type that a foreign rule holds: the chain is not left empty, and the reason is said', async () => {
    const wanted = wantedFor(many(2, 11));
    expect(await program(wanted)).toBeNull();
    node.run('iptables-nft -t nat -F OUTGATE-POSTROUTING');
    node.run('ipset destroy outgate-src-v4');
    node.run('ipset create outgate-src-v4 hash:ip');
    node.run('iptables-nft -A FORWARD -m set --match-set outgate-src-v4 src -j ACCEPT');
    node.run('iptables-nft -t nat -A OUTGATE-POSTROUTING -m set --match-set outgate-src-v4 src -j MASQUERADE');
    const before = nat();
    expect((await program(wanted))?.message).toMatch(/remove outgate-src-v4, which has a wrong type: .*in use/);
    expect(nat()).toBe(before);
  });

  it.each([
    ['hash:net maxelem 2', []],
    ['hash:net timeout 600 counters', ['timeout 600']],
    ['hash:net counters comment', ['comment "a \\\\ b add outgate-src-v4 9.9.9.0/24"']],
    ['hash:net counters skbinfo hashsize 64', ['skbmark 0x1/0xff']],
    ['hash:net family inet6', []],
    ['hash:net,port', []],
    ['list:set', []],
  ])('our set made by somebody else as %s', async (type, extensions) => {
    node.run(`ipset create outgate-src-v4 ${type}`);
    for (const one of extensions) node.run('ipset restore', `add outgate-src-v4 11.0.0.0/24 ${one}\n`);
    const wanted = wantedFor(many(3, 11));
    expect(await program(wanted)).toBeNull();
    expect(await differs(wanted)).toEqual([]);
    const header = node.run('ipset list -terse outgate-src-v4');
    expect(header).toMatch(/Type: hash:net\n/);
    expect(header).toMatch(/counters/);
    expect(header).not.toMatch(/timeout|inet6|maxelem 2 /);
  });

  it('a full set refuses one more through the pipe, and is made larger the long way', async () => {
    expect(await program(wantedFor(many(2, 11)))).toBeNull();
    node.run('ipset create full hash:net maxelem 2 counters');
    for (const { spec } of many(2, 11)) node.run(`ipset add full ${spec.cidr}`);
    node.run('ipset swap full outgate-src-v4');
    node.run('ipset destroy full');
    const add = ['11.0.2.0/24'];
    expect(await dataplane.adjust([{ set: 'outgate-src-v4', family: 4, remove: [], add }])).toBe(false);
    expect(await program(wantedFor(many(3, 11)))).toBeNull();
    expect(await differs(wantedFor(many(3, 11)))).toEqual([]);
    dataplane.close();
  });

  it('more than 65536 members grow out of a set of the default size', async () => {
    expect(await program(wantedFor(many(65_000, 11)))).toBeNull();
    expect(node.run('ipset list -terse outgate-src-v4')).toMatch(/maxelem 131072 /);
    node.run('ipset create small hash:net maxelem 65536 counters');
    node.run('ipset swap small outgate-src-v4');
    const wanted = wantedFor(many(70_000, 11));
    expect(await program(wanted)).toBeNull();
    expect(await differs(wanted)).toEqual([]);
    node.run('ipset destroy small');
  });

  it('rules of others that lead into our chain stay, and the chain is still written under them', async () => {
    expect(await program(wantedFor(many(2, 11)))).toBeNull();
    node.run('iptables-nft -t nat -N FOREIGN');
    node.run('iptables-nft -t nat -A FOREIGN -j OUTGATE-POSTROUTING');
    node.run('iptables-nft -t nat -I POSTROUTING 1 -s 198.51.100.9 -j FOREIGN');
    const wanted = wantedFor(many(2, 11), 'IPPoolsAndHostIPs');
    expect(await program(wanted)).toBeNull();
    expect(await differs(wanted)).toEqual([]);
    expect(node.run('iptables-nft -t nat -S FOREIGN')).toContain('-A FOREIGN -j OUTGATE-POSTROUTING');
  });

  it('without rights nothing is written, and it says so', async () => {
    const weak = over(
      (exec) =>
        ({ file, args, ...rest }) =>
          exec({ file: 'setpriv', args: ['--bounding-set=-net_admin', '--', file, ...args], ...rest }),
    );
    const { families, unavailable } = await weak.read();
    expect([families, unavailable[4]?.reason]).toEqual([{}, 'NoRights']);
    const plan = dataplane.plan(wantedFor(many(2, 11)), await heldBy(dataplane));
    expect((await weak.apply(plan)).failure?.reason).toBe('NoRights');
    expect(node.run('ipset list -name')).toBe('');
  });

  it('a lock that somebody else holds: sets go back to what they were, and the next round programs', async () => {
    const lock = `/tmp/outgate-lock-${process.pid}`;
    onTestFinished(() => rmSync(lock, { force: true }));
    const legacy = over(
      (exec) =>
        ({ file, args, ...rest }) =>
          exec({ file: 'env', args: [`XTABLES_LOCKFILE=${lock}`, file, ...args], ...rest }),
      'iptables-legacy',
    );
    expect(await program(wantedFor(many(2, 11)), legacy)).toBeNull();
    const saved = () => node.run('iptables-legacy -t nat -S') + node.run('ipset save').replace(/initval \S+/g, '');
    const wanted = wantedFor(many(3, 11), 'IPPoolsAndHostIPs');
    const plan = legacy.plan(wanted, await heldBy(legacy));
    const before = saved();
    const holder = spawn('flock', [lock, '-c', 'echo held; exec cat'], { stdio: ['pipe', 'pipe', 'inherit'] });
    await once(holder.stdout, 'data');
    const { failure } = await legacy.apply(plan);
    expect([failure?.reason, failure?.message]).toEqual(['CommandFailed', expect.stringMatching(/xtables lock/)]);
    expect(saved().split('\n').sort()).toEqual(before.split('\n').sort());
    expect((await legacy.read()).unavailable[4]?.message).toMatch(/xtables lock/);
    holder.stdin.end();
    await once(holder, 'close');
    expect(await program(wanted, legacy)).toBeNull();
    expect(legacy.plan(wanted, await heldBy(legacy)).findings).toEqual([]);
  }, 60_000);
});
