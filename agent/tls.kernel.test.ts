/** The agent on an https server with an authority of its own. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { authority } from './testing/certificate.ts';
import { cannotRun, type Namespace, namespace } from './testing/namespaces.ts';
import { runAgent, workDir } from './testing/run-agent.ts';
import { type StreamServer, streamServer } from './testing/stream-server.ts';

describe.skipIf(cannotRun !== null)('agent on an https server', () => {
  let node: Namespace;
  let server: StreamServer;
  const dir = workDir();
  const right = authority('right');
  const args: string[] = [];
  beforeAll(async () => {
    node = namespace('tls');
    const pool = { name: 'a', spec: { cidr: '10.1.0.0/24', natOutgoing: true } };
    server = await streamServer([pool], 0, 'test-token', right.issue());
    args.push('--source', `server:${server.url}`, '--token-file', dir.write('token', 'test-token'), '--once');
    args.push('--node', 'n1', '--netns', node.name, '--state-dir', dir.path);
  });
  afterAll(async () => {
    await server?.close();
    node?.remove();
    dir.remove();
  });

  it.each<[string, () => string[]]>([
    ['another authority', () => ['--ca-file', dir.write('wrong.pem', authority('right').cert)]],
    ['the public authorities alone', () => []],
  ])('refuses it by %s: no token is sent, nothing is written', async (_what, more) => {
    const { code, stderr } = await runAgent(...args, ...more());
    expect([code, server.joins, node.run('ipset list -name')]).toEqual([1, [], '']);
    expect(stderr).toMatch(/ServerAway: .*certificate/);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it('joins, follows and reports with the right one', async () => {
    const { code, stdout } = await runAgent(...args, '--ca-file', dir.write('ca.pem', right.cert));
    expect([code, JSON.parse(stdout).state]).toEqual([0, 'Programmed']);
    expect(server.joins).toEqual([{ token: 'test-token', node: 'n1' }]);
    expect(server.reports.at(-1)?.state).toBe('Programmed');
    expect(node.run('ipset save outgate-src-v4')).toContain('10.1.0.0/24');
  });
});
