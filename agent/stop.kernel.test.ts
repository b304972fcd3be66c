/** The end of a daemon: what is under way is finished, and nothing is begun after it said that it stops. */
import { chmodSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { cannotRun, type Namespace, namespace } from './testing/namespaces.ts';
import { startAgent, workDir } from './testing/run-agent.ts';
import { streamServer } from './testing/stream-server.ts';

const pool = (name: string, third: number) => ({ name, spec: { cidr: `10.1.${third}.0/24`, natOutgoing: true } });
const soon = (check: () => void) => vi.waitFor(check, { timeout: 30_000, interval: 20 });

describe.skipIf(cannotRun !== null)('an agent that is told to stop', () => {
  let node: Namespace;
  const dir = workDir();
  const [hold, held] = [join(dir.path, 'hold'), join(dir.path, 'held')];
  beforeAll(() => {
    node = namespace('stop');
    // the real ipset, which waits as long as the file `hold` is there
    const script = `#!/bin/sh\nwhile [ -e ${hold} ]; do : > ${held}; sleep 0.02; done\nPATH=\${PATH#*:} exec ipset "$@"\n`;
    chmodSync(dir.write('ipset', script), 0o755);
  });
  afterAll(() => {
    rmSync(hold, { force: true });
    node?.remove();
    dir.remove();
  });

  it('finishes the round that it is in and leaves the change that waits; nothing is written afterwards', async () => {
    const server = await streamServer([pool('a', 0)]);
    const token = dir.write('token', 'test-token\n');
    const args = ['--node', 'n1', '--netns', node.name, '--state-dir', dir.path, '--token-file', token];
    const agent = startAgent(['--source', `server:${server.url}`, ...args], {
      PATH: `${dir.path}:${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`,
    });
    try {
      await server.reported(({ state }) => state === 'Programmed');
      dir.write('hold', '');
      server.change([], [], { global: { natPortRange: '30000:40000' }, nodes: {} });
      await soon(() => expect(existsSync(held)).toBe(true));
      server.change([pool('b', 1)]);
      // it heard of it
      await soon(() => expect(readFileSync(join(dir.path, 'state.ndjson'), 'utf8')).toContain('10.1.1.0/24'));
      agent.kill('SIGTERM');
      await soon(() => expect(agent.said()).toContain('stopping'));
      rmSync(hold);
      expect((await agent.ended).code).toBe(0);
      expect(node.run('iptables-nft -t nat -S')).toContain('--to-ports 30000-40000');
      expect(node.run('ipset save outgate-src-v4')).not.toContain('10.1.1.0/24');
      expect((await startAgent(['--cleanup', '--netns', node.name, '--state-dir', dir.path]).ended).code).toBe(0);
      expect(node.run('ipset list -name') + node.run('iptables-nft -t nat -S').replace(/^-P.*\n/gm, '')).toBe('');
    } finally {
      agent.kill('SIGKILL');
      await server.close();
    }
  });
});
