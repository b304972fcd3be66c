/** What is decided about a pool that the cluster has otherwise: force that came late, fields and pools that are let go, theirs. */
import { expect, test } from '@playwright/test';
import { expectAccessible } from './pages/accessibility.ts';
import { decide, pool, runningCluster } from './pages/cluster.ts';
import { withAdmin } from './pages/signed-in.ts';

const running = runningCluster();
const { edit, live, may, onlyRead } = running;

test.beforeAll(async () => {
  await running.adopt(
    pool('by-hand', { cidr: '192.168.0.0/16', natOutgoing: true }),
    pool('by-hand-too', { cidr: '192.168.64.0/20' }),
  );
});

test('force that others were quicker than did nothing, and says what they moved', async () => {
  const { page, outgate } = running;
  await edit('by-hand', { natOutgoing: false });
  await page.goto(`${outgate.url}/pools/by-hand`);
  await page.getByRole('button', { name: 'Apply ours by force' }).click();
  const rules = await onlyRead();
  await decide(page, 'Apply ours by force', 'egress of this range must be NATed');
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('status').filter({ hasText: 'It is decided: change #' })).toBeVisible();
  await dialog.getByRole('button', { name: 'Close', exact: true }).click();
  await expect(page.getByText('Forbidden', { exact: true }).first()).toBeVisible();
  await edit('by-hand', { nodeSelector: 'egress == "yes"' });
  const why = `nodeSelector 'all()' → 'egress == "yes"' by kubectl-patch`;
  await page.getByRole('tab', { name: 'Changes' }).click();
  await expect(page.getByRole('row', { name: `force did nothing: ${why}` })).toContainText('did nothing');
  await page.goto(`${outgate.url}/history?pool=by-hand`);
  await page.getByRole('link', { name: `by-hand: force did nothing, ${why}` }).click();
  await expect(page.getByText(`It was not applied: ${why}. Nothing was written over by it.`)).toBeVisible();
  await expect(page.getByText('Nothing of it was applied, so no node ever takes it.')).toBeVisible();
  await expect(page.getByText('Taken from')).toHaveCount(0);
  await expectAccessible(page);
  await page.setViewportSize({ width: 375, height: 812 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
  await page.setViewportSize({ width: 1440, height: 900 });
  await may(rules, true);
  await edit('by-hand', { natOutgoing: true, nodeSelector: null });
  await page.goto(`${outgate.url}/pools/by-hand`);
  await expect(page.getByText('The cluster says what is desired.')).toBeVisible();
});

test('force that another decision came before did nothing, and says which', async () => {
  const { page, outgate } = running;
  await edit('by-hand', { natOutgoing: false });
  await page.goto(`${outgate.url}/pools/by-hand`);
  const rules = await onlyRead();
  const force = async (reason: string): Promise<string> => {
    await page.getByRole('button', { name: 'Apply ours by force' }).click();
    await decide(page, 'Apply ours by force', reason);
    const dialog = page.getByRole('dialog');
    const decided = dialog.getByRole('status').filter({ hasText: 'It is decided: change #' });
    const id = /change #(\d+)/.exec(await decided.innerText())?.[1] ?? '';
    await dialog.getByRole('button', { name: 'Close', exact: true }).click();
    await expect(page.getByText('Forbidden', { exact: true }).first()).toBeVisible();
    return id;
  };
  const first = await force('egress of this range must be NATed');
  const second = await force('it must be so still');
  const why = `change #${second} by ${withAdmin.OUTGATE_ADMIN_EMAIL} came before it was carried out`;
  await page.goto(`${outgate.url}/history?pool=by-hand`);
  await page.getByRole('link', { name: `#${first} by-hand: force did nothing, ${why}` }).click();
  await expect(page.getByText(`It was not applied: ${why}. Nothing was written over by it.`)).toBeVisible();
  await expectAccessible(page);
  await may(rules, true);
  await page.goto(`${outgate.url}/pools/by-hand`);
  await expect(page.getByText('The cluster says what is desired.')).toBeVisible();
});

test('a field that nobody holds is set again with the next save: the form says so before, and History after', async () => {
  const { page, outgate } = running;
  await edit('by-hand', { natOutgoing: null });
  const save = async (): Promise<void> => {
    await page.getByRole('switch', { name: 'Allocates addresses' }).click();
    await page.keyboard.press('ControlOrMeta+Enter');
    await expect(page.getByText('The cluster says what is desired.')).toBeVisible();
  };
  await page.goto(`${outgate.url}/pools/by-hand/edit`);
  await expect(
    page.getByText(
      'The cluster has natOutgoing otherwise. Nobody holds it: whatever is saved here sets it as decided here, too.',
    ),
  ).toBeVisible();
  await save();
  expect(await live('by-hand')).toMatchObject({ natOutgoing: true, disabled: true });
  await page.goto(`${outgate.url}/pools/by-hand/edit`);
  await save();
  await page.goto(`${outgate.url}/history?pool=by-hand`);
  const again = /by-hand: natOutgoing not set → true, nobody held it: set again with change #\d+/;
  await page.getByRole('link', { name: again }).click();
  await expect(page.getByRole('heading', { name: again })).toBeVisible();
  await expectAccessible(page);
});

test('a field is released to who holds it, stays shown with them, and is decided here again', async () => {
  const { page, outgate } = running;
  await page.goto(`${outgate.url}/pools/by-hand`);
  await expect(page.getByText('The cluster says what is desired.')).toBeVisible();
  await edit('by-hand', { natOutgoing: false });
  const differing = page.getByRole('region', { name: 'by-hand: desired, live and last applied' });
  const release = differing.getByRole('button', { name: 'Release field: natOutgoing' });
  await release.focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Release field: natOutgoing of by-hand' });
  await expect(dialog).toContainText('natOutgoing stays false in the cluster, and nodes go on as they do now.');
  await expect(dialog).toContainText('kubectl-patch or whoever writes it there decides it from here on');
  await expect(dialog.getByLabel('Reason')).toBeFocused();
  await expectAccessible(page);
  await dialog.getByLabel('Reason').fill('the gateway decides it');
  await page.keyboard.press('Enter');
  await expect(dialog.getByRole('status').filter({ hasText: 'It is decided: change #' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByText('What becomes of natOutgoing is decided there.')).toBeVisible();
  await expect(dialog).toBeHidden();
  // what opened the dialog is gone with the difference: keys go on where it stood, not at the top of the page
  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: 'Enforce instead' })).toBeFocused();
  const kept = page.getByRole('region', { name: 'by-hand: released fields' });
  await expect(kept.getByRole('row', { name: /natOutgoing released false false.*kubectl-patch/ })).toBeVisible();
  expect((await live('by-hand')).natOutgoing).toBe(false);
  // what becomes of it is no difference any more, and is shown
  await edit('by-hand', { natOutgoing: true });
  await expect(kept.getByRole('row', { name: /natOutgoing released true true/ })).toBeVisible();
  await expect(page.getByText('What becomes of natOutgoing is decided there.')).toBeVisible();
  await page.setViewportSize({ width: 375, height: 812 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
  await expectAccessible(page);
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto(`${outgate.url}/pools/by-hand/edit`);
  await expect(page.getByText('natOutgoing is released: the cluster decides it')).toContainText(
    'Another value that is saved here takes a field back.',
  );
  const nat = page.getByRole('switch', { name: 'Traffic from it is NATed' });
  await nat.click();
  await expect(page.getByText('natOutgoing is taken back from kubectl-patch')).toBeVisible();
  await nat.click();
  await expect(page.getByText('natOutgoing is taken back from')).toHaveCount(0);
  // it moves while something else is typed: that is no decision about it
  await page.getByRole('switch', { name: 'Allocates addresses' }).click();
  await edit('by-hand', { natOutgoing: false });
  await expect(page.getByText('the cluster decides it, and has natOutgoing false now.')).toBeVisible();
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect(kept.getByRole('row', { name: /natOutgoing released false false/ })).toBeVisible();
  expect(await live('by-hand')).toMatchObject({ natOutgoing: false, disabled: true });
  await edit('by-hand', { natOutgoing: true });
  await expect(kept.getByRole('row', { name: /natOutgoing released true true/ })).toBeVisible();
  // what only we hold cannot be let go, and says why
  await page.getByText('Every field, and who holds it').click();
  await expect(
    page.getByRole('row', { name: /cidr.*It cannot be released alone, because it names what the pool is/ }),
  ).toBeVisible();
  await expectAccessible(page);
  await kept.getByRole('button', { name: 'Decide it here again: natOutgoing' }).click();
  await expect(page.getByRole('dialog')).toContainText('beside kubectl-patch; nothing is taken from anybody');
  await decide(page, 'Decide it here again', 'the gateway is gone');
  await page.getByRole('dialog').getByRole('button', { name: 'Close', exact: true }).click();
  await expect(kept).toHaveCount(0);
  await expect(page.getByText('The cluster says what is desired.')).toBeVisible();
  await page.goto(`${outgate.url}/history?pool=by-hand`);
  await expect(page.getByRole('link', { name: 'by-hand: natOutgoing decided here again' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'by-hand: natOutgoing released, the cluster decides it' })).toBeVisible();
});

test('a pool that the cluster lacks is released: what was decided is told beside the other pools', async () => {
  const { page, outgate } = running;
  await running.adopt(pool('gone', { cidr: '192.168.96.0/20' }));
  await running.remove('gone');
  await page.goto(`${outgate.url}/pools/gone`);
  await expect(page.getByText('It was deleted in the cluster, so no node knows it.')).toBeVisible();
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  const deletion = page.getByRole('dialog', { name: 'Delete gone?' });
  await expect(deletion).toContainText('The cluster has no such pool: for nodes and pods nothing changes.');
  await expect(deletion).not.toContainText('No pod gets a new address');
  await deletion.getByRole('button', { name: 'Keep it' }).click();
  await page.getByRole('button', { name: 'Release the pool' }).click();
  await decide(page, 'Release the pool', 'it is not needed any more');
  await expect(page).toHaveURL(/\/pools\?decided=\d+$/);
  const told = page.getByRole('status').filter({ hasText: 'gone released: the cluster did not have it' });
  await expect(told.getByRole('link', { name: /^change #/ })).toBeVisible();
  await expect(page.getByRole('row', { name: /^gone/ })).toHaveCount(0);
  await expectAccessible(page);
});

test('a deletion that the cluster refuses is shown as that, with the right that is missing', async () => {
  const { page, outgate, api } = running;
  await running.adopt(pool('going', { cidr: '192.168.112.0/20' }));
  const rules = await onlyRead();
  const { version } = await api.query<{ version: number }>('pools.get', { name: 'going' });
  await api.mutate('pools.delete', { name: 'going', expectedVersion: version, reason: 'not needed' });
  const why = page.getByText('our account must have the right to delete ippools.projectcalico.org.');
  await page.goto(`${outgate.url}/pools/going`);
  await expect(page.getByText('going was deleted here by change #')).toBeVisible();
  await expect(why).toBeVisible();
  await expect(page.getByText('cannot delete resource "ippools"')).toBeVisible();
  await expect(page.getByText('Adopt it')).toHaveCount(0);
  await expectAccessible(page);
  await page.getByRole('link', { name: 'Its deletion' }).click();
  await expect(page.getByText('The cluster has going still.')).toBeVisible();
  await expect(why).toBeVisible();
  await expectAccessible(page);
  await page.goto(`${outgate.url}/cluster`);
  const row = page.getByRole('row', { name: /going/ });
  await expect(row).toContainText('being deleted');
  await expect(row).toContainText('deleted here');
  await expect(why).toBeVisible();
  await expect(row.getByRole('checkbox')).toHaveCount(0);
  await expectAccessible(page);
  await may(rules, true);
  await expect(row).toHaveCount(0);
});

test('theirs is taken, and a pool is released: the cluster keeps it', async () => {
  const { page, outgate } = running;
  await page.goto(`${outgate.url}/pools/by-hand-too`);
  await expect(page.getByText('The cluster says what is desired.')).toBeVisible();
  await edit('by-hand-too', { natOutgoing: true });
  await page.getByRole('button', { name: 'Take theirs' }).click();
  // what comes while the dialog is open stands in it, and is not taken unseen
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('natOutgoing false → true.');
  await edit('by-hand-too', { disabled: true });
  await expect(dialog).toContainText('natOutgoing false → true, disabled false → true.');
  await dialog.getByLabel('Reason').fill('they are right');
  await dialog.getByRole('button', { name: 'Take theirs' }).click();
  await expect(dialog.getByRole('alert')).toContainText('by-hand-too was changed meanwhile.');
  await decide(page, 'Take theirs', 'they are right');
  await page.getByRole('dialog').getByRole('button', { name: 'Close', exact: true }).click();
  await expect(page.getByText('The cluster says what is desired.')).toBeVisible();
  await page.getByRole('button', { name: 'Release the pool' }).click();
  const rules = await onlyRead();
  await decide(page, 'Release the pool', 'somebody else looks after it');
  await expect(page).toHaveURL(/\/cluster$/);
  // the cluster refuses to take our name from it, for as long as it does
  const released = page.getByRole('row', { name: /by-hand-too/ });
  await expect(released).toContainText('Not let go');
  await expect(released).toContainText('cannot patch resource "ippools"');
  await expectAccessible(page);
  await released.getByRole('link', { name: 'by-hand-too' }).click();
  const held = page.getByText('It is no longer decided here, and our name is still on its fields');
  await expect(held).toContainText('our account must have the right to patch ippools.projectcalico.org.');
  await expectAccessible(page);
  await may(rules, true);
  await expect(held).toHaveCount(0);
  await page.goto(`${outgate.url}/cluster`);
  await expect(released).not.toContainText('Not let go');
  expect((await live('by-hand-too')).natOutgoing).toBe(true);
});
