/** A block size that nobody decided here is what the cluster took. */
import { expect, it } from 'vitest';
import { editedPool } from '../../e2e/cluster/edited.ts';
import { history } from '../../e2e/cluster/history.ts';
import { ledTerms, nat } from '../../e2e/cluster/led-terms.ts';
import { held, toldChanges } from '../../e2e/cluster/told-changes.ts';
import { comparePool } from '../services/cluster/compare-pool.ts';
import { soon } from '../testing/soon.ts';

const site = ledTerms();
const edited = editedPool(site);
const { told, holds } = toldChanges(site);
const { rows, whole } = history(site);

it('one that was decided here and is taken away is not as desired, and force sets it again', async () => {
  await site.made({ ...nat, blockSize: 28 });
  await site.edit('a', { blockSize: null });
  await site.stands('a', { state: 'OutOfSync', detail: { fields: ['blockSize'] } });
  expect(await rows(1)).toMatchObject([
    {
      actor: 'unknown',
      before: { spec: { blockSize: 28 } },
      after: { spec: expect.not.objectContaining({ blockSize: 28 }) },
    },
  ]);
  const { id: forced } = await edited.force();
  await site.stands('a', { state: 'Synced', applied: { version: forced } });
  expect((await site.stored('a'))?.spec).toMatchObject({ blockSize: 28 });
  await whole();
});

it('where nothing is decided about it here it stays as others set it, also by force', async () => {
  await edited.make();
  const { id: forced } = await edited.force();
  await site.edit('a', { blockSize: 28 }, 'nightly-job');
  await site.begin();
  await site.stands('a', { state: 'Synced', applied: { version: forced } });
  await holds();
  expect(await told(forced)).toMatchObject(held);
  expect((await site.stored('a'))?.spec).toMatchObject({ natOutgoing: true, blockSize: 28 });
  const compared = await comparePool(site.deps, 'a');
  expect(compared.rows.find(({ field }) => field === 'blockSize')).toMatchObject({
    desired: 28,
    live: 28,
    differs: false,
  });
  await site.edit('a', { blockSize: null }, 'nightly-job');
  await soon(async () =>
    expect(await rows(1)).toMatchObject([{ action: 'cluster.change', before: { spec: { blockSize: 28 } } }]),
  );
  await site.stands('a', { state: 'Synced' });
  await whole();
});
