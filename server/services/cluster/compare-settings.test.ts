/** A FelixConfiguration that is not taken: what is in force on Outgate's nodes is told beside what it says. */
import { expect, it } from 'vitest';
import { readLivePool } from '../../../core/cluster/live-pool.ts';
import { readLiveFelix } from '../../../core/cluster/live-settings.ts';
import { mirrorAll } from '../../controller/mirror.ts';
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

it('what was taken before a pool made it wrong stays as it is, and is not told as kept from before', async () => {
  const { db } = site.deps;
  const address = { natOutgoingAddress: '10.9.0.7' };
  const both = [['natOutgoingAddress', '10.9.0.7', '10.9.0.7']];
  expect(await says(address)).toEqual({ kept: false, inForce: both, problems: [] });
  const metadata = { name: 'natted', uid: 'natted', resourceVersion: '1' };
  const pool = readLivePool({ metadata, spec: { cidr: '10.9.0.0/16', natOutgoing: true } });
  await mirrorAll(db, await beginTerm(db, 'test'), pool === null ? [] : [pool]);
  expect(await says(address)).toEqual({ kept: false, inForce: both, problems: [['N6', false]] });
  // what is changed beside it is not taken
  expect(await says({ ...address, natPortRange: '20000:30000' })).toMatchObject({
    kept: true,
    inForce: [...both, ['natPortRange', '20000:30000', null]],
    problems: [['N6', true]],
  });
});
