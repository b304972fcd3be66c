/** When the cluster was last heard: by whatever came of it, as long as its pools are followed. */
import { expect, it } from 'vitest';
import { ledTerms, nat } from '../../e2e/cluster/led-terms.ts';
import { must } from '../../e2e/cluster/request.ts';
import { soon } from '../testing/soon.ts';

const site = ledTerms();
const NODE = '/api/v1/nodes/heard';

it('moves with what comes of nodes and pools alike', async () => {
  const leading = await site.begin();
  await soon(async () => expect(leading.watch().phase).toBe('live'));
  const admin = site.server.as('admin');
  const movesWith = async (event: () => Promise<unknown>): Promise<void> => {
    const before = Date.now();
    await event();
    await expect.poll(() => leading.heardAt(), { timeout: 5_000 }).toBeGreaterThanOrEqual(before);
  };
  try {
    await movesWith(() => must(admin, 'POST', '/api/v1/nodes', { metadata: { name: 'heard' } }));
    await movesWith(() => must(admin, 'PATCH', NODE, { metadata: { labels: { beat: '1' } } }));
    await movesWith(() => site.make('theirs', nat));
  } finally {
    await must(admin, 'DELETE', NODE);
  }
});
