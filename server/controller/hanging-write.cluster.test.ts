/** The first write of this leader hangs while a pool is let go and adopted again, and is carried out when nothing else was sent since. */
import { expect, it } from 'vitest';
import { ledTerms, nat } from '../../e2e/cluster/led-terms.ts';
import type { Connection } from '../kube/connection.ts';
import { failure, KubeError } from '../kube/kube-error.ts';
import { adoptPools } from '../services/cluster/adopt-pools.ts';
import { resolvePool } from '../services/cluster/resolve-pool.ts';
import { soon } from '../testing/soon.ts';
import { editor as actor } from '../testing/test-api.ts';

const site = ledTerms();
const reason = 'so be it';
const spec = { ...nat, nodeSelector: 'all()', assignmentMode: 'Automatic' } as const;
const editor = () => site.api.caller('editor').pools;
const expectedVersion = async () => (await editor().get({ name: 'a' })).version;
const release = async () =>
  resolvePool(site.deps, actor, { name: 'a', choice: 'release', expectedVersion: await expectedVersion(), reason });

/** Only the first write hangs, until `ends`; `comes` carries it out. */
function hanging({ call, ...connection }: Connection) {
  const sent = Promise.withResolvers<() => Promise<unknown>>();
  const end = Promise.withResolvers<void>();
  let isFirst = true;
  return {
    connection: {
      ...connection,
      async call(request: Parameters<Connection['call']>[0]) {
        if (request.method === 'GET' || !isFirst) return call(request);
        isFirst = false;
        sent.resolve(() => call(request));
        await end.promise;
        throw new KubeError('', failure('unreachable', 'no answer in time'));
      },
    },
    isSent: sent.promise,
    ends: end.resolve,
  };
}

it.each([
  [
    'a deletion',
    async (isSent: Promise<unknown>) => {
      await editor().delete({ name: 'a', expectedVersion: await expectedVersion(), reason });
      await isSent;
      await editor().create({ name: 'a', spec });
      await release();
    },
  ],
  [
    'a release',
    async (isSent: Promise<unknown>) => {
      await release();
      await isSent;
    },
  ],
])('%s changes nothing', async (_, decide) => {
  await site.made(spec);
  await site.end();
  const { connection, isSent, ends } = hanging(site.connection);
  await site.begin(connection);
  await soon(async () => expect(site.leading?.mirrored().pools).toBe(true));
  await soon(async () => expect(site.leading?.queued()).toBe(0));
  await decide(isSent);
  const { change } = await adoptPools(site.deps, actor, { names: ['a'], reason });
  ends();
  await site.stands('a', { state: 'Synced', applied: { version: change.id } });
  await soon(async () => expect(site.leading?.queued()).toBe(0));
  const before = await site.stored('a');
  const comes = await isSent;
  await expect(comes()).rejects.toMatchObject({ kind: 'stale' });
  expect(await site.stored('a')).toEqual(before);
});
