/** The agent as a daemon that follows a file. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cannotRun, type Namespace, namespace } from './testing/namespaces.ts';
import { agentFile, manifests, startAgent, workDir } from './testing/run-agent.ts';

const a = { cidr: '10.10.0.0/24', natOutgoing: true };
const b = { cidr: '10.10.1.0/24', natOutgoing: true };

describe.skipIf(cannotRun !== null)('agent on a file', () => {
  let node: Namespace;
  const dir = workDir();
  beforeAll(() => {
    node = namespace('file');
    agentFile();
  });
  afterAll(() => {
    node?.remove();
    dir.remove();
  });

  /** Waits for what must come; the test's own time ends it. */
  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds()) await sleep(100);
  };
  const members = (): string[] =>
    node.tries('ipset list outgate-src-v4')
      ? node
          .run('ipset save outgate-src-v4')
          .split('\n')
          .filter((line) => line.startsWith('add '))
          .map((line) => line.split(' ')[2] ?? '')
          .sort()
      : [];

  it('takes up what changes, and keeps what it has while the file is wrong, with field and reason', async () => {
    const file = dir.write('pools.json', manifests({ a }));
    const args = ['--node', 'n1', '--netns', node.name, '--state-dir', dir.path];
    const agent = startAgent(['--source', `file:${file}`, ...args]);
    try {
      await until(() => members().join() === a.cidr);
      dir.write('pools.json', manifests({ a, b }));
      await until(() => members().length === 2);

      const rules = node.run('iptables-nft -t nat -S');
      dir.write('pools.json', manifests({ a: { ...a, natOutgoing: 'no' }, b }));
      await until(() => agent.said().includes('Source=False StateRefused'));
      expect(agent.said()).toMatch(/document 1, line 1, spec\.natOutgoing: natOutgoing must be true or false: 'no'/);
      expect([members(), node.run('iptables-nft -t nat -S')]).toEqual([[a.cidr, b.cidr], rules]);

      // as a ConfigMap is written: aside, then renamed
      renameSync(dir.write('next.json', manifests({ b })), file);
      await until(() => members().join() === b.cidr);
    } finally {
      agent.kill('SIGTERM');
    }
    expect((await agent.ended).code).toBe(0);
    expect(members()).toEqual([b.cidr]);
  });

  it('names the place of a setting that cannot be programmed, and writes nothing', async () => {
    const felix = { kind: 'FelixConfiguration', apiVersion: 'projectcalico.org/v3', metadata: { name: 'node.n1' } };
    const broken = JSON.stringify({ ...felix, spec: { natPortRange: '0:70000' } });
    const folder = workDir();
    const file = folder.write('b.yaml', `${manifests({ a })}\n---\n${broken}\n`);
    const kernel = () => [node.run('ipset save'), node.run('iptables-nft -t nat -S')];
    const before = kernel();
    const args = ['--source', `file:${folder.path}`, '--node', 'n1', '--netns', node.name, '--once'];
    const { code, stdout, stderr } = await startAgent(args).ended;
    folder.remove();
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(`${file}: document 2, line 3, spec.natPortRange: natPortRange must `);
    expect(kernel()).toEqual(before);
  });

  it('does not start where the address of its figures is taken: exit 2, nothing written', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const address = taken.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const bare = namespace('taken');
    try {
      // the agent itself runs outside of the namespace; only its commands go in
      const file = dir.write('taken.json', manifests({ a }));
      const args = ['--source', `file:${file}`, '--node', 'n1', '--netns', bare.name, '--metrics', `127.0.0.1:${port}`];
      const { code, stderr } = await startAgent(args).ended;
      expect({ code, stderr }).toEqual({
        code: 2,
        stderr: `--metrics: must be an address of this machine with a free port: listen EADDRINUSE: address already in use 127.0.0.1:${port}\n`,
      });
      expect(bare.run('ipset save')).toBe('');
    } finally {
      bare.remove();
      taken.close();
    }
  });

  it('does not start on a server that it has nothing for: exit 2, with the flag', async () => {
    for (const task of [['--once'], ['--dry-run'], []]) {
      const args = [
        '--source',
        'server:http://127.0.0.1:1',
        '--node',
        'n1',
        '--netns',
        node.name,
        '--state-dir',
        dir.path,
      ];
      const { code, stdout, stderr } = await startAgent([...args, ...task]).ended;
      const why = `node 'n1' has no credential for http://127.0.0.1:1/ in '${dir.path}'`;
      const said = `--token-file: must name a file with a join token: ${why}\n`;
      expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: said });
    }
    const { code, stderr } = await startAgent(['--source', 'server:http://127.0.0.1:1', '--token-file', dir.path])
      .ended;
    expect([code, stderr]).toEqual([2, `--token-file: must name a file that exists: '${dir.path}'\n`]);
    const empty = dir.write('empty', '');
    const args = ['--source', 'server:http://127.0.0.1:1', '--netns', node.name, '--token-file', empty, '--once'];
    const refused = await startAgent(args).ended;
    expect([refused.code, refused.stderr]).toEqual([2, `--token-file: must hold a token, and is empty: '${empty}'\n`]);
  });

  it('says at once that a directory holds no manifest, and takes the first one up', async () => {
    const empty = workDir();
    const agent = startAgent(['--source', `file:${empty.path}`, '--node', 'n1', '--netns', node.name]);
    try {
      await until(() => agent.said().includes('Source=False StateRefused'));
      expect(agent.said()).toContain('directory must hold at least one *.yaml file');
      empty.write('a.yaml', manifests({ a }));
      await until(() => members().join() === a.cidr);
    } finally {
      agent.kill('SIGTERM');
      await agent.ended;
      empty.remove();
    }
  });

  it('refuses a state directory that cannot be written and a source that cannot be read to its end: exit 2', async () => {
    const bare = namespace('refused');
    const file = dir.write('fine.json', manifests({ a }));
    const pipe = join(dir.path, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const bytes = join(dir.path, 'latin');
    writeFileSync(
      bytes,
      Buffer.concat([Buffer.from(`# caf`), Buffer.from([0xe9]), Buffer.from(`\n${manifests({ a })}`)]),
    );
    const unwritable = '--state-dir: must be a directory that can be written:';
    try {
      for (const [source, stateDir, why] of [
        [file, '/proc/nope', `${unwritable} '/proc/nope': ENOENT`],
        [file, file, `${unwritable} '${file}': EEXIST`],
        [pipe, dir.path, `--source: must name a regular file or a directory: '${pipe}'`],
        ['/dev/zero', dir.path, `--source: must name a regular file or a directory: '/dev/zero'`],
        [bytes, dir.path, `'${bytes}' must be UTF-8 text`],
      ] as const) {
        const args = ['--source', `file:${source}`, '--state-dir', stateDir, '--node', 'n1', '--netns', bare.name];
        const agent = startAgent([...args, '--once']);
        try {
          const { code, stdout, stderr } = await agent.ended;
          expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: expect.stringContaining(why) });
        } finally {
          agent.kill('SIGKILL');
        }
      }
      expect([bare.run('ipset save'), bare.run('iptables-save')]).toEqual(['', '']);
    } finally {
      bare.remove();
    }
  });

  it('programs all the same when nobody reads what it prints', async () => {
    const file = dir.write('unread.json', manifests({ b }));
    const args = ['--node', 'n1', '--netns', node.name, '--state-dir', dir.path];
    const agent = startAgent(['--source', `file:${file}`, '--once', ...args]);
    agent.stdout?.destroy();
    const { code, stderr } = await agent.ended;
    expect([code, stderr, members()]).toEqual([0, '', [b.cidr]]);
  });
});
