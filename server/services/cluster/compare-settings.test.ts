/** A FelixConfiguration that is not taken: what is in force on Outgate's nodes is told beside what it says. */
import { expect, it } from 'vitest';
import { readLiveFelix } from '../../../core/cluster/live-settings.ts';
import { mirrorAllSettings } from '../../controller/mirror-settings.ts';
import { beginTerm } from '../../db/live.ts';
import { unheardSite } from '../../testing/unheard-cluster.ts';
import { compareSettings } from './compare-settings.ts';

const site = unheardSite();

let version = 0;
async function says(spec: object) {
  const { db } = site.deps;
  const metadata = { name: 'default', uid: 'felix', resourceVersion: `${++version}` };
  const felix = readLiveFelix({ metadata, spec });
  await mirrorAllSettings(db, await beginTerm(db, 'test'), { all: felix === null ? [] : [felix], hosts: () => null });
  const { objects, problems } = await compareSettings(site.deps);
  const [object] = objects;
  const inForce = object?.rows.flatMap(({ field, live, inForce }) =>
    (live ?? inForce) ? [[field, live, inForce]] : [],
  );
  return { kept: object?.kept, inForce, problems: problems.map(({ code, kept }) => [code, kept]) };
}

it('says what stays while one of its settings is not taken, or it cannot be read', async () => {
  const good = { natPortRange: '30000:40000' };
  const address = { natOutgoingAddress: '203.0.113.9' };
  const before = { kept: false, inForce: [['natPortRange', '30000:40000', '30000:40000']], problems: [] };
  expect(await says(good)).toEqual(before);
  expect(await says({ natPortRange: '40000:30000', ...address })).toEqual({
    kept: true,
    inForce: [
      ['natOutgoingAddress', '203.0.113.9', null],
      ['natPortRange', '40000:30000', '30000:40000'],
    ],
    problems: [['N3', true]],
  });
  expect(await says(good)).toEqual(before);
  expect(await says({ natPortRange: { a: 1 }, ...address })).toEqual({
    kept: true,
    inForce: [['natPortRange', null, '30000:40000']],
    problems: [['-', true]],
  });
  expect(await says(good)).toEqual(before);
  // it stops Felix beside something else, and is taken here
  const filter = { nftablesMode: 'Enabled', iptablesNATOutgoingInterfaceFilter: 'eth+' };
  expect(await says({ ...good, ...filter })).toMatchObject({
    kept: false,
    problems: [['W_FELIX_NFTABLES_FILTER', false]],
  });
});
