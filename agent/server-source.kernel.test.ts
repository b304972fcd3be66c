/** The agent as a daemon that follows a server: reconnects, refuses what does not add up, and lives without the server. */
import { readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Report } from '../core/wire/report.ts';
import { cannotRun, type Namespace, namespace } from './testing/namespaces.ts';
import { agentFile, once, runAgent, startAgent, workDir } from './testing/run-agent.ts';
import { type StreamServer, streamServer } from './testing/stream-server.ts';

const pool = (name: string, third: number, natOutgoing = true) => ({
  name,
  spec: { cidr: `10.1.${third}.0/24`, natOutgoing },
});
const condition = (report: Report, type: string) => report.conditions.find((one) => one.type === type);
const sources = (report: Report): string[] =>
  report.families['4'].sets.find(({ name }) => name === 'outgate-src-v4')?.members.map(({ cidr }) => cidr) ?? [];

describe.skipIf(cannotRun !== null)('agent on a server', () => {
  const cleanups: (() => unknown)[] = [];
  afterEach(async () => {
    for (const one of cleanups.splice(0).reverse()) await one();
  });

  async function setup(pools = [pool('a', 0)]) {
    const node: Namespace = namespace('srv');
    const dir = workDir();
    const server: StreamServer = await streamServer(pools);
    cleanups.push(
      () => node.remove(),
      () => dir.remove(),
      () => server.close(),
    );
    agentFile();
    const common = [
      '--node',
      'n1',
      '--netns',
      node.name,
      '--state-dir',
      dir.path,
      '--token-file',
      dir.write('token', 'test-token\n'),
    ];
    const start = (url = server.url, ...more: string[]) => {
      const agent = startAgent(['--source', `server:${url}`, ...common, ...more]);
      cleanups.push(async () => {
        agent.kill('SIGKILL');
        await agent.ended;
      });
      return agent;
    };
    return { node, dir, server, start, common };
  }

  it('joins once, keeps its credential to itself, and reports each change at once', async () => {
    const { node, dir, server, start } = await setup();
    const agent = start();
    expect(sources(await server.reported(({ state }) => state === 'Programmed'))).toEqual(['10.1.0.0/24']);
    expect(server.joins).toEqual([{ token: 'test-token', node: 'n1' }]);
    expect(statSync(`${dir.path}/credential.json`).mode & 0o777).toBe(0o600);
    const began = Date.now();
    const revision = server.change([pool('b', 1)]);
    const report = await server.reported((one) => one.revision === revision);
    // not with the next look at the kernel, which is ten seconds later
    expect(Date.now() - began).toBeLessThan(5_000);
    expect([report.state, report.changed, report.sequence]).toEqual(['Programmed', true, 2]);
    expect(sources(report)).toEqual(['10.1.0.0/24', '10.1.1.0/24']);
    expect(node.run('ipset save outgate-src-v4')).toContain('10.1.1.0/24');
    agent.kill('SIGTERM');
    expect((await agent.ended).code).toBe(0);
    expect(node.run('ipset save outgate-src-v4')).toContain('10.1.1.0/24');
    start();
    await server.reported(({ changed, state }) => state === 'Programmed' && !changed);
    expect(server.joins).toHaveLength(1);
    expect(server.opened.at(-1)).toBe(2);
  });

  it('takes up the stream where it was, and asks for all when a delta does not add up', async () => {
    const { server, start } = await setup();
    start();
    await server.reported(({ state }) => state === 'Programmed');
    server.cut();
    const revision = server.change([pool('b', 1)], ['a']);
    expect(sources(await server.reported((one) => one.revision === revision))).toEqual(['10.1.1.0/24']);
    expect(server.opened).toEqual([null, 1]);
    server.send({
      type: 'delta',
      from: 2,
      sequence: 3,
      revision: 'not-this-one',
      upsert: [pool('evil', 9)],
      remove: [],
    });
    const next = server.change([pool('c', 2)]);
    const report = await server.reported((one) => one.revision === next);
    expect(sources(report)).toEqual(['10.1.1.0/24', '10.1.2.0/24']);
    expect(server.opened.at(-1)).toBeNull();
    server.send({ type: 'nonsense' });
    const last = server.change([pool('d', 3)]);
    expect(sources(await server.reported((one) => one.revision === last))).toContain('10.1.3.0/24');
  });

  it('joins again when its credential is refused', async () => {
    const { server, start } = await setup();
    start();
    await server.reported(({ state }) => state === 'Programmed');
    server.revoke();
    server.cut();
    const revision = server.change([pool('b', 1)]);
    await server.reported((one) => one.revision === revision);
    expect(server.joins).toHaveLength(2);
  });

  it('programs the last good state when the server is away, deltas included, and says so', async () => {
    const { node, server, start, dir, common } = await setup();
    const agent = start();
    await server.reported(({ state }) => state === 'Programmed');
    const revision = server.change([pool('b', 1)]);
    await server.reported((one) => one.revision === revision);
    agent.kill('SIGKILL');
    await agent.ended;
    expect(readFileSync(`${dir.path}/state.ndjson`, 'utf8').trim().split('\n')).toHaveLength(2);
    for (const name of ['POSTROUTING', 'OUTGATE-POSTROUTING']) node.run(`iptables-nft -t nat -F ${name}`);
    const away = await once('--source', 'server:http://127.0.0.1:9', ...common);
    expect([away.state, sources(away), away.revision]).toEqual([
      'Programmed',
      ['10.1.0.0/24', '10.1.1.0/24'],
      revision,
    ]);
    expect(condition(away, 'Source')).toMatchObject({ status: 'False', reason: 'ServerAway' });
    expect(condition(away, 'Drifted')).toBeDefined();
  });

  it('a node that lost its credential keeps its NAT over a reboot, and says what is missing', async () => {
    const { node, dir, server, start, common } = await setup();
    const agent = start();
    await server.reported(({ state }) => state === 'Programmed');
    agent.kill('SIGKILL');
    await agent.ended;
    for (const name of ['POSTROUTING', 'OUTGATE-POSTROUTING']) node.run(`iptables-nft -t nat -F ${name}`);
    rmSync(`${dir.path}/credential.json`);
    const args = ['--source', `server:${server.url}`, ...common.slice(0, common.indexOf('--token-file'))];
    const kept = await once(...args);
    expect([kept.state, sources(kept)]).toEqual(['Programmed', ['10.1.0.0/24']]);
    expect(condition(kept, 'Source')).toMatchObject({ status: 'False', reason: 'TokenRefused' });
    expect(condition(kept, 'Source')?.message).toContain('--token-file must name a join token');
    rmSync(`${dir.path}/state.ndjson`);
    expect((await runAgent(...args, '--once')).code).toBe(2);
  });

  it('--once writes nothing while another agent is served, whatever it kept', async () => {
    const { node, server, start, common } = await setup();
    const agent = start();
    await server.reported(({ state }) => state === 'Programmed');
    agent.kill('SIGKILL');
    await agent.ended;
    node.run('ipset add outgate-src-v4 10.99.0.0/16');
    server.serveAnother();
    const { code, stdout, stderr } = await runAgent('--source', `server:${server.url}`, ...common, '--once');
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain('TwoAgents: ');
    expect(stderr).toContain('another agent programs this node: nothing was written');
    expect(node.run('ipset save outgate-src-v4')).toContain('10.99.0.0/16');
  });

  it('writes nothing of what it kept when it starts while another agent is served', async () => {
    const { node, server, start } = await setup();
    const agent = start();
    await server.reported(({ state }) => state === 'Programmed');
    agent.kill('SIGKILL');
    await agent.ended;
    node.run('ipset add outgate-src-v4 10.99.0.0/16');
    server.serveAnother();
    const second = start();
    await vi.waitFor(() => expect(second.said()).toContain('Programmed=Unknown TwoAgents'), {
      timeout: 30_000,
      interval: 50,
    });
    expect(node.run('ipset save outgate-src-v4')).toContain('10.99.0.0/16');
  });

  it('refuses settings that are no settings, whoever sends them, and keeps what it has', async () => {
    const { node, server, start } = await setup();
    const agent = start();
    const first = await server.reported(({ state }) => state === 'Programmed');
    const before = node.run('iptables-nft -t nat -S');
    const filter = 'up0 -j ACCEPT\n-A POSTROUTING -j DROP\n-A POSTROUTING -o up0';
    server.change([], [], { global: { iptablesNATOutgoingInterfaceFilter: filter }, nodes: {} });
    const report = await server.reported((one) => condition(one, 'Source')?.reason === 'StateRefused');
    expect([report.revision, report.sequence]).toEqual([first.revision, 1]);
    expect(condition(report, 'Source')?.message).toContain('iptablesNATOutgoingInterfaceFilter');
    expect(node.run('iptables-nft -t nat -S')).toBe(before);
    agent.kill('SIGTERM');
    expect((await agent.ended).code).toBe(0);
  });

  it('works on when its state directory can no longer be written, joins once, and says so', async () => {
    const { dir, server, start } = await setup();
    const stateDir = join(dir.path, 'lost');
    const agent = start(server.url, '--state-dir', stateDir);
    await server.reported(({ state }) => state === 'Programmed');
    rmSync(stateDir, { recursive: true });
    dir.write('lost', '');
    const revision = server.change([pool('b', 1)]);
    await server.reported((one) => one.revision === revision);
    expect(server.joins).toHaveLength(1);
    agent.kill('SIGTERM');
    const { code, stderr } = await agent.ended;
    expect([code, stderr]).toEqual([0, expect.stringContaining('the state directory must be writable')]);
  });

  it('writes nothing before the first state', async () => {
    const { node, server, start } = await setup();
    server.cut(true);
    const agent = start();
    const report = await server.reported(({ state }) => state === 'Pending');
    expect([report.revision, condition(report, 'Programmed')?.reason]).toEqual([null, 'WaitingForState']);
    expect(node.run('ipset list -name') + node.run('iptables-nft -t nat -S').replace(/^-P.*\n/gm, '')).toBe('');
    agent.kill('SIGTERM');
    expect((await agent.ended).code).toBe(0);
  });

  it('repairs drift by itself within its round, keeps saying what it found, and serves metrics', async () => {
    const { node, server, start } = await setup();
    const agent = start(server.url, '--metrics', '127.0.0.1:0');
    await server.reported(({ state }) => state === 'Programmed');
    node.run('ipset add outgate-exempt-v4 8.8.8.0/24');
    node.run('iptables-nft -t nat -F OUTGATE-POSTROUTING');
    const repaired = await server.reported(
      ({ changed, conditions }) => changed && conditions.some(({ type }) => type === 'Drifted'),
    );
    expect(repaired.state).toBe('Programmed');
    expect(repaired.conditions.filter(({ type }) => type === 'Drifted').map(({ reason }) => reason)).toEqual([
      'ExtraSetMember',
      'RuleMissing',
    ]);
    expect(node.run('ipset save outgate-exempt-v4')).not.toContain('8.8.8.0');
    const [, url = ''] = /figures at (\S+)/.exec(agent.said()) ?? [];
    const metrics = await (await fetch(url)).text();
    expect(metrics).toContain('outgate_agent_drift_total{reason="RuleMissing"} 1');
    expect(metrics).toContain('outgate_agent_set_members{set="outgate-src-v4"} 1');
    const later = await server.reported(({ changed }) => !changed);
    expect(condition(later, 'Drifted')).toBeDefined();
  }, 40_000);

  it('a change is right although somebody destroyed the member before', async () => {
    const { node, server, start } = await setup([pool('a', 0), pool('b', 1)]);
    start();
    await server.reported(({ state }) => state === 'Programmed');
    node.run('ipset del outgate-src-v4 10.1.0.0/24');
    const revision = server.change([pool('a', 0, false)]);
    const report = await server.reported((one) => one.revision === revision);
    expect([report.state, sources(report)]).toEqual(['Programmed', ['10.1.1.0/24']]);
  });
});
