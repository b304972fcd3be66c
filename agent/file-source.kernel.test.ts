/** The agent as a daemon that follows a file. */
import { renameSync } from 'node:fs';
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
    let said = '';
    agent.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    try {
      await until(() => members().join() === a.cidr);
      dir.write('pools.json', manifests({ a, b }));
      await until(() => members().length === 2);

      const rules = node.run('iptables-nft -t nat -S');
      dir.write('pools.json', manifests({ a: { ...a, natOutgoing: 'no' }, b }));
      await until(() => said.includes('Source=False StateRefused'));
      expect(said).toMatch(/document 1, line 1: spec\.natOutgoing: natOutgoing must be true or false: 'no'/);
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

  it('says at once that a directory holds no manifest, and takes the first one up', async () => {
    const empty = workDir();
    const agent = startAgent(['--source', `file:${empty.path}`, '--node', 'n1', '--netns', node.name]);
    let said = '';
    agent.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    try {
      await until(() => said.includes('Source=False StateRefused'));
      expect(said).toContain('directory must hold at least one *.yaml file');
      empty.write('a.yaml', manifests({ a }));
      await until(() => members().join() === a.cidr);
    } finally {
      agent.kill('SIGTERM');
      await agent.ended;
      empty.remove();
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
