/** What a cluster loses: its pools, which a backup brings back, our rights, and itself. */
import { expect, test } from '@playwright/test';
import { crd, installCrds } from './cluster/install-crds.ts';
import { kubectl } from './cluster/prepare-cluster.ts';
import { expectAccessible } from './pages/accessibility.ts';
import { decide, pool, RESOURCE, runningCluster } from './pages/cluster.ts';

const running = runningCluster();
const { apply, live } = running;

test.beforeAll(async () => {
  const { api } = running;
  await running.adopt(pool('by-hand', { cidr: '192.168.0.0/16', natOutgoing: true }));
  const { version: expectedVersion } = await api.query<{ version: number }>('pools.get', { name: 'by-hand' });
  const reason = 'nobody else may change it';
  await api.mutate('cluster.setPolicy', { name: 'by-hand', policy: 'enforce', expectedVersion, reason });
});

test('half of a restored backup is not followed by itself: an admin sees what would go, and says so', async () => {
  const { page, outgate, server } = running;
  await apply(pool('kept', { cidr: '10.62.0.0/16' }));
  await apply(pool('lost', { cidr: '10.61.0.0/16', natOutgoing: true }));
  await page.goto(`${outgate.url}/cluster`);
  await expect(page.getByRole('row', { name: /lost 10\.61/ })).toBeVisible();
  const { items } = JSON.parse(await kubectl(server, ['get', RESOURCE, '-o', 'json']));
  const backup = items.map(({ metadata, spec }: { metadata: { name: string }; spec: object }) =>
    pool(metadata.name, spec),
  );
  await kubectl(server, ['delete', 'crd', RESOURCE]);
  await expect(page.getByRole('heading', { name: /^There are no IPPools/ })).toBeVisible();
  await installCrds(server, 'v3', crd, ['ippools']);
  const lacks = page.getByRole('region', { name: /^What came back lacks/ });
  await expect(lacks.getByText('Missing pool', { exact: true })).toBeVisible();
  const left = backup.filter((one: { metadata: { name: string } }) => one.metadata.name !== 'lost');
  await apply({ apiVersion: 'v1', kind: 'List', items: left });
  await expect(page.getByRole('heading', { name: `1 of ${items.length} known pools is missing` })).toBeVisible();
  await expect(lacks.getByRole('row', { name: /^lost 10\.61\.0\.0\/16 NATed by others$/ })).toBeVisible();
  await expect(lacks.getByRole('row')).toHaveCount(2);
  await expectAccessible(page);
  await page.setViewportSize({ width: 375, height: 812 });
  for (const column of ['CIDR', 'In force until then', 'Decided']) {
    await expect(lacks.locator(`td[data-label="${column}"]`)).toBeVisible();
  }
  await expectAccessible(page);
  await page.setViewportSize({ width: 1440, height: 900 });
  await lacks.getByRole('button', { name: 'Follow the cluster as it is' }).click();
  const dialog = page.getByRole('dialog', { name: 'Follow the cluster as it is' });
  await expect(dialog).toContainText('1 pool goes: lost.');
  await expect(dialog).toContainText(
    'Outgoing connections from it are NATed now; then they keep the pod’s address, unless',
  );
  await expectAccessible(page);
  await decide(page, 'Follow it as it is', 'the backup has no more');
  await expect(dialog).toContainText(
    /It is decided: change #\d+\. The server that leads carries it out as soon as it hears the cluster\./,
  );
  await dialog.getByRole('button', { name: 'Close', exact: true }).click();
  await expect(page.getByRole('heading', { name: /^Live: / })).toBeVisible();
  await expect(lacks).toHaveCount(0);
  await page.goto(`${outgate.url}/history`);
  await expect(page.getByRole('link', { name: /cluster followed as it came back, without lost/ })).toBeVisible();
});

test('pools of ours that a backup made again are decided about together, each shown with what it changes', async () => {
  const { page, outgate, server } = running;
  const names = ['again-a', 'again-b'];
  for (const [i, name] of names.entries()) {
    const data = { name, spec: { cidr: `10.7${i}.0.0/16`, natOutgoing: true } };
    const made = await page.request.post(`${outgate.url}/api/trpc/pools.create`, {
      data,
      headers: { origin: outgate.url },
    });
    expect(made.status()).toBe(200);
    await expect.poll(() => live(name).catch(() => null)).toMatchObject(data.spec);
  }
  await kubectl(server, ['delete', RESOURCE, ...names]);
  await apply(pool('again-a', { cidr: '10.70.0.0/16', natOutgoing: false }));
  await apply(pool('again-b', { cidr: '10.71.0.0/16', natOutgoing: true }));
  await page.goto(`${outgate.url}/cluster`);
  const again = page.getByRole('region', { name: /of ours made again by others$/ });
  await expect(again.getByRole('row', { name: /again-a.*natOutgoing true → false, held by kubectl/ })).toBeVisible();
  await expect(again.getByRole('row', { name: /again-b.*nothing: as it is desired/ })).toBeVisible();
  await expectAccessible(page);
  for (const name of names) await again.getByRole('checkbox', { name: `Select ${name}` }).check();
  await again.getByRole('button', { name: 'Apply ours by force' }).click();
  await expect(page.getByRole('dialog')).toContainText('of 1 pool: again-a (natOutgoing false → true).');
  await page.keyboard.press('Escape');
  await expect(again.getByRole('status')).toHaveText('2 selected');
  await again.getByRole('button', { name: 'Take theirs' }).click();
  const dialog = page.getByRole('dialog', { name: 'Take theirs: 2 pools' });
  await expect(dialog).toContainText('of 1 pool: again-a (natOutgoing true → false).');
  await expect(dialog).toContainText('The cluster has the other pool as it is desired.');
  await expectAccessible(page);
  await decide(page, 'Take theirs', 'the backup is right');
  await expect(dialog.getByRole('status')).toContainText(/It is decided: change #\d+ to change #\d+\./);
  await dialog.getByRole('button', { name: 'Close', exact: true }).click();
  await expect(again.getByRole('row', { name: /again-/ })).toHaveCount(0);
  await page.goto(`${outgate.url}/pools/again-a`);
  await expect(page.getByText('The cluster says what is desired.')).toBeVisible();
});

test('a right that is missing is named, with the role to copy', async () => {
  const { page, outgate, server } = running;
  const rules = [
    { apiGroups: ['projectcalico.org'], resources: ['ippools'], verbs: ['list', 'watch', 'create', 'delete'] },
    { apiGroups: [''], resources: ['nodes'], verbs: ['list', 'watch'] },
  ];
  await kubectl(server, ['patch', 'clusterrole', 'outgate', '--type=merge', '-p', JSON.stringify({ rules })]);
  await page.goto(`${outgate.url}/cluster`);
  await expect(page.getByRole('listitem').filter({ hasText: 'Bring pools to what is desired' })).toContainText(
    'missing: patch',
  );
  await expect(page.getByRole('region', { name: 'The role that is missing' })).toContainText('verbs: ["patch"]');
  await expectAccessible(page);
});

test('a pool that cannot be made yet says so, and what it waits for: nobody deleted it', async () => {
  const { page, outgate } = running;
  await page.goto(`${outgate.url}/pools/new`);
  await page.getByLabel('Name', { exact: true }).fill('waits');
  await page.getByLabel('CIDR', { exact: true }).fill('10.99.0.0/16');
  await page.getByRole('button', { name: 'Create the pool' }).click();
  await expect(page).toHaveURL(/\/pools\/waits/);
  const standing = page.getByRole('main');
  await expect(standing).toContainText('It is not made in the cluster yet, so no node knows it.');
  await expect(standing).toContainText('Our account in the cluster must have the right to patch');
  await expect(standing.getByRole('button', { name: 'Try again now' })).toBeDisabled();
  await expect(standing).toContainText('It is made by itself, within seconds, once our account has the right to patch');
  await expect(standing.getByRole('button', { name: /theirs|make it again|Release/ })).toHaveCount(0);
  await expectAccessible(page);
  await page.goto(`${outgate.url}/history?pool=waits`);
  await page.getByRole('link', { name: 'waits created' }).click();
  const right = 'Our account must have the right to patch ippools.projectcalico.org, for waits. It is tried again.';
  await expect(page.getByText(right)).toContainText('The cluster’s own words: ');
  await expectAccessible(page);
});

test('a cluster that is gone is said, with since when, and what was known stays', async () => {
  const { page, server, outgate, api } = running;
  await page.goto(`${outgate.url}/cluster`);
  await expect(page.getByRole('heading', { name: /^Live: / })).toBeVisible();
  await server.kill();
  await expect(page.getByRole('heading', { name: 'The cluster cannot be heard.' })).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText('What was last known stays in force.')).toBeVisible();
  // nobody leads by now, and a server that led does not follow itself
  await expect(page.getByRole('region', { name: 'Connection' })).toContainText(', when the cluster was last heard');
  await expect(page.getByRole('banner').getByRole('link', { name: 'Cluster not heard' })).toBeVisible();
  await expect(page.getByText('How our pools stood when the cluster was last heard.')).toBeVisible();
  await page.goto(`${outgate.url}/pools`);
  await expect(page.getByRole('group', { name: 'What this page shows' })).toContainText(
    /Live ?not heard, last known \w{8} ?heard/,
  );
  // each pool too says what was heard last, and as little of it as before
  await expect(page.getByRole('row', { name: /by-hand 192\.168\.0\.0.*OutOfSync last heard/ })).toBeVisible();
  await page.getByRole('link', { name: 'by-hand', exact: true }).click();
  await expect(page.getByText('OutOfSync, last heard')).toBeVisible();
  await expect(page.getByText(/^When it was last heard: It was deleted in the cluster/)).toBeVisible();
  await expect(page.getByRole('group', { name: 'What this page shows' })).toContainText(
    'not heard, last known: not as desired',
  );
  await expectAccessible(page);
  await page.goto(`${outgate.url}/cluster`);
  await expect(page.getByRole('region', { name: 'Connection' })).toContainText('OutOfSync, last heard');
  await page.setViewportSize({ width: 375, height: 812 });
  const unanswered = page.getByRole('alert').filter({ hasText: 'the cluster does not say what we may do' });
  await expect(unanswered).toContainText('selfsubjectreviews');
  expect(await unanswered.evaluate((panel) => panel.scrollWidth <= panel.clientWidth)).toBe(true);
  await page.setViewportSize({ width: 1440, height: 900 });
  const made = { name: 'meanwhile', spec: { cidr: '10.66.0.0/16', natOutgoing: true } };
  const { change } = await api.mutate<{ change: { id: number } }>('pools.create', made);
  await page.goto(`${outgate.url}/history?change=${change.id}`);
  const unheard = page.getByText('for the cluster. The cluster cannot be heard.');
  await expect(unheard).toBeVisible();
  await expectAccessible(page);
  await server.start();
  await expect(unheard).toHaveCount(0, { timeout: 60_000 });
  await page.goto(`${outgate.url}/cluster`);
  await expect(page.getByRole('heading', { name: /^Live: / })).toBeVisible({ timeout: 60_000 });
});
