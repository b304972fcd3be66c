import { expect, it } from 'vitest';
import { readLivePool } from './live-pool.ts';
import { OUR_MANAGER } from './managed-fields.ts';
import { whyNotReleased } from './released.ts';

const applied = { uid: 'u' };
/** natOutgoing is ours alone. */
function live(labels: object = {}, spec: object = { cidr: '10.1.0.0/16', natOutgoing: true }) {
  const fieldsV1 = { 'f:spec': { 'f:cidr': {}, 'f:natOutgoing': {} } };
  const managedFields = [{ manager: OUR_MANAGER, operation: 'Apply', fieldsV1 }];
  const metadata = { name: 'a', uid: 'u', resourceVersion: '5', labels, managedFields };
  return readLivePool({ metadata, spec }) ?? undefined;
}

it('why a field cannot be let go ends one sentence, in which no other one begins', () => {
  const flux = { 'kustomize.toolkit.fluxcd.io/name': 'net' };
  const there = live();
  const going = there && { ...there, deleting: true };
  const whys = [
    whyNotReleased('cidr', live(), applied),
    whyNotReleased('natOutgoing', undefined, applied),
    whyNotReleased('natOutgoing', live(flux), applied),
    whyNotReleased('natOutgoing', live(), null),
    whyNotReleased('natOutgoing', live(), { uid: 'before' }),
    whyNotReleased('natOutgoing', going, applied),
    whyNotReleased('natOutgoing', live({}, { cidr: '10.1.0.0/16', natOutgoing: 'yes' }), applied),
    whyNotReleased('natOutgoing', live(), applied),
  ];
  expect(whys).toEqual([
    'it names what the pool is; release the pool instead',
    'the cluster has no such pool',
    'the pool belongs to flux; release the pool instead',
    'the pool in the cluster is not ours; take theirs first, or release the pool',
    'the pool was made again there; decide about the whole pool first',
    'the pool is being deleted there',
    'the pool cannot be read in the cluster',
    'nobody else holds it, or all of it, in the cluster, and without us it would fall back to its default',
  ]);
  for (const why of whys) expect(why).not.toMatch(/:|\./);
});
