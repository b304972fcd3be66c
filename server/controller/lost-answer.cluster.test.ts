/** The cluster takes a write, and nobody hears of that: neither its answer comes, nor does the watch tell of it. */
import { expect, it } from 'vitest';
import { ledTerms, nat } from '../../e2e/cluster/led-terms.ts';
import { failure, KubeError } from '../kube/kube-error.ts';
import { soon } from '../testing/soon.ts';

const site = ledTerms();

it('a pool that is changed back meanwhile is as it is decided in the end', async () => {
  const { connection } = site;
  let [cut, healed] = [false, Promise.resolve()];
  async function* late(body: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
    for await (const piece of body) {
      await healed;
      yield piece;
    }
  }
  await site.begin({
    ...connection,
    stream: async (...asked) => late(await connection.stream(...asked)),
    call: async (call) => {
      const answer = await connection.call(call);
      if (!cut || call.method !== 'PATCH') return answer;
      cut = false;
      throw new KubeError('', failure('unreachable', 'nobody answers'));
    },
  });
  const { pools } = site.api.caller('editor');
  const { pool: first } = await pools.create({ name: 'a', spec: nat });
  await site.stands('a', { state: 'Synced' });
  const heal = Promise.withResolvers<void>();
  [cut, healed] = [true, heal.promise];
  const { pool: second } = await pools.update({
    name: 'a',
    spec: { ...nat, natOutgoing: false },
    expectedVersion: first.version,
  });
  await soon(async () => expect(await site.stored('a')).toMatchObject({ spec: { natOutgoing: false } }));
  const { change } = await pools.update({ name: 'a', spec: nat, expectedVersion: second.version });
  await soon(async () => expect(await site.stand('a')).not.toMatchObject({ applied: { version: change.id } }));
  heal.resolve();
  await site.stands('a', { state: 'Synced', applied: { version: change.id } });
  expect(await site.stored('a')).toMatchObject({ spec: nat });
  const told = await site.api.database.db.query('SELECT DISTINCT actor FROM live_change');
  expect(told).toEqual([{ actor: 'outgate' }]);
});
