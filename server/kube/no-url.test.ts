/** A kubeconfig of which the server is no URL, as one that somebody wrote by hand. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { passingFolder } from '../testing/passing-folder.ts';
import { CALLS_AT_A_TIME, openConnection } from './connection.ts';
import { fromKubeconfig } from './kubeconfig.ts';

it('every call is told so, however many there were before', { timeout: 10_000 }, async () => {
  const folder = passingFolder('outgate-no-url-');
  onTestFinished(() => folder.remove());
  const file = join(folder.path, 'config');
  writeFileSync(
    file,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'c', cluster: { server: 'localhost:6443' } }],
      users: [{ name: 'u', user: { token: 't' } }],
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
      'current-context': 'x',
    }),
  );
  const connection = openConnection(fromKubeconfig(file));
  onTestFinished(() => connection.close());
  for (let i = 0; i <= CALLS_AT_A_TIME; i++) {
    await expect(connection.call({ method: 'GET', path: '/api' })).rejects.toMatchObject({
      kind: 'unreachable',
      message: expect.stringContaining('Invalid URL'),
    });
  }
});
