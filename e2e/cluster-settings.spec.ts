/** NAT settings in cluster mode: those of others are left alone, those decided here are applied, and those that stop Felix are named. */
import { expect, type Page, test } from '@playwright/test';
import { kubectl } from './cluster/prepare-cluster.ts';
import { expectAccessible } from './pages/accessibility.ts';
import { pool, runningCluster } from './pages/cluster.ts';
import { SettingsPage } from './pages/settings-page.ts';

const FELIX = 'felixconfigurations.projectcalico.org';

const running = runningCluster();
const { apply } = running;

// what settings change is told of connections that are NATed
test.beforeAll(() => apply(pool('by-hand', { cidr: '192.168.0.0/16', natOutgoing: true })));

test('a setting that others made is seen and left alone; one that is decided here is applied, and theirs is taken', async () => {
  const { page, outgate, server } = running;
  const exclusions = { natOutgoingExclusions: 'IPPoolsAndHostIPs' };
  await apply({
    apiVersion: 'projectcalico.org/v3',
    kind: 'FelixConfiguration',
    metadata: { name: 'default' },
    spec: exclusions,
  });
  await page.goto(`${outgate.url}/settings`);
  const felix = page.getByRole('region', { name: 'FelixConfiguration default' });
  await expect(
    felix.getByRole('row', { name: /natOutgoingExclusions.*IPPoolsAndHostIPs.*not decided: observed.*kubectl/ }),
  ).toBeVisible();
  const settings = new SettingsPage(page);
  await settings.ports().fill('30000:40000');
  await expect(page.getByText('Felix restarts on every node that it runs on')).toBeVisible();
  const effect = page.getByRole('region', { name: 'Effect on connections' });
  await expect(effect).toContainText(
    'Pods on both nodes use source ports 30000–40000 instead of any source port for tcp and udp.',
  );
  await expectAccessible(page);
  await settings.reason().fill('the firewall expects these');
  await settings.save().click();
  // said as it is written: who speaks to the browser says what stands there
  await expect(felix.getByRole('button', { name: 'Decide here: natOutgoingExclusions' })).toBeVisible();
  await expect(felix.getByText('The cluster says what is desired.')).toBeVisible();
  await expect(page.getByRole('status').filter({ hasText: 'Saved as change #' })).toContainText(
    'FelixConfiguration default says what is decided.',
  );
  const spec = async (): Promise<unknown> =>
    JSON.parse(await kubectl(server, ['get', FELIX, 'default', '-o', 'json'])).spec;
  expect(await spec()).toEqual({ ...exclusions, natPortRange: '30000:40000' });

  const patch = ['patch', FELIX, 'default', '--type=merge', '-p'];
  await kubectl(server, [...patch, '{"spec":{"natPortRange":"50000:60000"}}']);
  await expect(felix.getByText('kubectl-patch changed natPortRange in the cluster.')).toBeVisible();
  await page.goto(outgate.url);
  const item = page.getByRole('listitem').filter({ hasText: 'NAT settings of a FelixConfiguration' });
  await expect(item).toContainText('OutOfSync');
  await item.getByRole('link', { name: 'Open settings' }).click();
  await expect(felix.getByText('kubectl-patch changed natPortRange in the cluster.')).toBeVisible();
  // by the keyboard alone: first what force would do, then theirs
  await tabTo(page, 'Apply ours by force');
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('instead of source ports 50000–60000');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'Apply ours by force' })).toBeFocused();
  await tabTo(page, 'Take theirs: natPortRange', 'Shift+Tab');
  await page.keyboard.press('Enter');
  await expect(dialog).toContainText('No connection is NATed differently.');
  await expectAccessible(page);
  // what comes while the dialog is open stands in it, is not taken unseen, and then is
  await expect(dialog).toContainText('natPortRange 30000:40000 → 50000:60000.');
  await kubectl(server, [...patch, '{"spec":{"natPortRange":"45000:60000"}}']);
  await expect(dialog).toContainText('natPortRange 30000:40000 → 45000:60000.');
  await page.keyboard.type('they are right');
  await page.keyboard.press('Enter');
  await expect(dialog.getByRole('alert')).toContainText('What stands above is already as it is now');
  await page.keyboard.press('Enter');
  await expect(dialog.getByRole('status').filter({ hasText: 'It is decided: change #' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
  await expect(felix.getByText('The cluster says what is desired.')).toBeVisible();
  await expect(settings.ports()).toHaveValue('45000:60000');
  // what others hold at another value is not written: nobody restarts by it
  await settings.ports().fill('30000:40001');
  await expect(effect).toContainText('No connection changes: what others hold is not written.');
  await expect(page.getByText(/Felix restarts .* when this is applied/)).toHaveCount(0);
  // neither is what they deleted
  await kubectl(server, ['delete', FELIX, 'default']);
  await expect(effect).toContainText('No connection changes: what others deleted is not written.');
  await expect(effect).toContainText('default was deleted in the cluster by others');
  await expect(page.getByText(/Felix restarts .* when this is applied/)).toHaveCount(0);
  await apply({
    apiVersion: 'projectcalico.org/v3',
    kind: 'FelixConfiguration',
    metadata: { name: 'default' },
    spec: { natPortRange: '45000:60000' },
  });
  await expect(felix.getByText('The cluster says what is desired.')).toBeVisible();
  // saved all the same it waits, as its row in History says
  await settings.reason().fill('one port more');
  await settings.save().click();
  await page
    .getByRole('status')
    .filter({ hasText: 'It waits for a decision' })
    .getByRole('link', { name: /^change/ })
    .click();
  await expect(page.getByText('for a decision about default in Settings')).toBeVisible();
  await page.goBack();
});

test('a setting that stops Felix is named on Settings, Cluster and Overview', async () => {
  const { page, outgate, server } = running;
  const spec = { nftablesMode: 'Enabled', iptablesNATOutgoingInterfaceFilter: 'eth+' };
  await kubectl(server, ['patch', FELIX, 'default', '--type=merge', '-p', JSON.stringify({ spec })]);
  const problems = page.getByRole('region', { name: 'The cluster has settings that stop Felix' });
  await expect(problems).toContainText("Felix stops on 'eth+'");
  await page.goto(`${outgate.url}/cluster`);
  await expect(problems).toContainText('W_FELIX_NFTABLES_FILTER');
  const connection = page.getByRole('region', { name: 'Connection' });
  await expect(connection).toContainText('Settings there stop Felix: they are named below.');
  await expect(connection).not.toContainText('Every change there reaches the nodes.');
  await expectAccessible(page);
  await problems.getByRole('link', { name: 'what each does' }).click();
  await expect(page.getByRole('heading', { name: 'W_FELIX_NFTABLES_FILTER' })).toBeVisible();
  await page.goto(outgate.url);
  const listed = page.getByRole('listitem').filter({ hasText: "Felix stops on 'eth+'" });
  await expect(listed).toContainText(/Stops Felix.*NAT settings of default: /s);
  await kubectl(server, ['delete', FELIX, 'default']);
  await expect(listed).toHaveCount(0);
});

test('of an object with a setting that is not taken, Settings says what nodes have, and Overview that it stays', async () => {
  const { page, outgate, server } = running;
  const felix = (spec: object) =>
    apply({
      apiVersion: 'projectcalico.org/v3',
      kind: 'FelixConfiguration',
      metadata: { name: 'default' },
      spec,
    });
  await felix({ natPortRange: '30000:40000' });
  await page.goto(`${outgate.url}/settings`);
  const felixOfAll = page.getByRole('region', { name: 'FelixConfiguration default' });
  const row = (field: string) => felixOfAll.getByRole('row', { name: field });
  await expect(row('natPortRange')).toContainText('30000:40000');
  await felix({ natPortRange: '40000:30000', natOutgoingAddress: '203.0.113.9' });
  await expect(row('natOutgoingAddress')).toContainText(/203\.0\.113\.9.*not in force on Outgate’s nodes/);
  await expect(row('natPortRange')).toContainText(/40000:30000.*in force on Outgate’s nodes: 30000:40000/);
  const problems = page.getByRole('region', { name: 'The cluster has settings that stop Felix' });
  await expect(problems).toContainText('what it said before stays in force');
  await expectAccessible(page);
  await page.goto(outgate.url);
  const listed = page.getByRole('listitem').filter({ hasText: 'Outgate’s nodes keep what it said before' });
  await expect(listed).toContainText(/Stops Felix.*NAT settings of default: /s);
  await kubectl(server, ['delete', FELIX, 'default']);
  await expect(listed).toHaveCount(0);
});

/** Tab by tab, until what has this name is focused. */
async function tabTo(page: Page, name: string, key = 'Tab'): Promise<void> {
  const named = page.getByRole('button', { name, exact: true }).or(page.getByLabel(name, { exact: true }));
  for (let tabs = 0; tabs < 60; tabs++) {
    await page.keyboard.press(key);
    if ((await named.and(page.locator(':focus')).count()) > 0) return;
  }
  throw new Error(`'${name}' must be reached by ${key}`);
}
