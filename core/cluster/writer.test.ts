import { expect, it } from 'vitest';
import type { LivePool } from './live-pool.ts';
import type { FieldClaim } from './managed-fields.ts';
import { writerAmong, writerOf, writersOf } from './writer.ts';

const claim = (manager: string, fields: string[], at: string, operation: FieldClaim['operation'] = 'Update') =>
  ({ manager, operation, at, fields }) satisfies FieldClaim;

it('who renews a claim without a field took the field away', () => {
  const before = [
    claim('kubectl-client-side-apply', ['cidr', 'natOutgoing'], '10:00'),
    claim('other', ['cidr'], '10:01'),
  ];
  const after = [claim('kubectl-client-side-apply', ['cidr'], '10:02'), claim('other', ['cidr'], '10:01')];
  expect(writerAmong(before, after, new Set(['natOutgoing']))).toBe('kubectl-client-side-apply');
});

it('a field that went with its claim was taken away by somebody whom nothing names', () => {
  const before = [claim('kubectl-create', ['cidr', 'natOutgoing'], '10:00')];
  expect(writerAmong(before, [], new Set(['natOutgoing']))).toBe('unknown');
  // the server takes it out of the claims of all, and renews none of the others
  expect(writerAmong(before, [claim('kubectl-create', ['cidr'], '10:00')], new Set(['natOutgoing']))).toBe('unknown');
  // a claim that did not hold it, and is new for another reason, proves nothing
  expect(writerAmong(before, [claim('other', ['cidr'], '10:02')], new Set(['natOutgoing']))).toBe('unknown');
});

it('who takes a block size away is named like who takes any other field', () => {
  const live = (blockSize: object, claims: FieldClaim[]) =>
    ({ pool: { name: 'a', spec: { cidr: '10.1.0.0/16', ...blockSize } }, claims }) as unknown as LivePool;
  const before = live({ blockSize: 28 }, [claim('kubectl-create', ['cidr', 'blockSize'], '10:00')]);
  expect(writerOf(before, live({}, [claim('kubectl-create', ['cidr'], '10:02')]))).toBe('kubectl-create');
});

const pool = (spec: object, claims: FieldClaim[], uid = 'u') =>
  ({ uid, pool: { name: 'a', spec: { cidr: '10.1.0.0/16', ...spec } }, claims }) as unknown as LivePool;
const maker = claim('maker', ['cidr', 'natOutgoing'], '10:00', 'Apply');

it('of what several wrote each has the fields that it wrote, the last one last', () => {
  const before = pool({ natOutgoing: true }, [maker]);
  const left = claim('maker', ['cidr'], '10:00', 'Apply');
  const both = [left, claim('bob', ['disabled'], '10:02'), claim('alice', ['natOutgoing'], '10:01')];
  expect(writersOf(before, pool({ natOutgoing: false, disabled: true }, both))).toEqual([
    { manager: 'alice', fields: ['natOutgoing'] },
    { manager: 'bob', fields: ['disabled'] },
  ]);
});

it('what nobody holds any more was taken away by the last one that is known', () => {
  const before = pool({ natOutgoing: true, disabled: true }, [maker, claim('other', ['disabled'], '10:01')]);
  const after = pool({ natOutgoing: false }, [claim('bob', ['natOutgoing'], '10:02')]);
  expect(writersOf(before, after)).toEqual([{ manager: 'bob', fields: ['natOutgoing', 'disabled'] }]);
});

it('an object is made by whoever holds its CIDR, with what nobody holds; the rest came after that', () => {
  const after = pool({ natOutgoing: true, disabled: true, ipipMode: 'Always' }, [
    maker,
    claim('editor', ['disabled'], '10:01'),
  ]);
  const written = [
    { manager: 'maker', fields: ['cidr', 'natOutgoing', 'ipipMode'] },
    { manager: 'editor', fields: ['disabled'] },
  ];
  expect(writersOf(null, after).map(({ manager, fields }) => ({ manager, fields: fields.toSorted() }))).toEqual(
    written.map(({ manager, fields }) => ({ manager, fields: fields.toSorted() })),
  );
  expect(writersOf(pool({}, [maker], 'another'), after)).toHaveLength(2);
});

it('what is partly ours, or cannot be read, is told as one', () => {
  const before = pool({ natOutgoing: true }, [maker]);
  const ours = claim('outgate', ['natOutgoing'], '10:01', 'Apply');
  const after = pool({ natOutgoing: false, disabled: true }, [maker, ours, claim('bob', ['disabled'], '10:02')]);
  expect(writersOf(before, after)).toHaveLength(1);
  expect(writersOf(before, { ...after, pool: null })).toEqual([{ manager: 'bob', fields: [] }]);
});

it('of a field that several hold at one value whoever wrote it first wrote it', () => {
  const before = pool({ natOutgoing: true }, [maker]);
  const alice = claim('alice', ['natOutgoing'], '10:01', 'Apply');
  const bob = claim('bob', ['disabled', 'natOutgoing'], '10:02', 'Apply');
  expect(writersOf(before, pool({ natOutgoing: false, disabled: true }, [alice, bob]))).toEqual([
    { manager: 'alice', fields: ['natOutgoing'] },
    { manager: 'bob', fields: ['disabled'] },
  ]);
  const argocd = claim('argocd', ['cidr', 'natOutgoing'], '10:05', 'Apply');
  expect(writersOf(null, pool({ natOutgoing: true }, [maker, argocd]))).toEqual([
    { manager: 'maker', fields: ['cidr', 'natOutgoing'] },
  ]);
});

it('a set that became different is the last one’s who holds items of it', () => {
  const uses = (items: string[], at: string, manager: string) =>
    ({ ...claim(manager, ['allowedUses', 'disabled'], at), items: { allowedUses: items } }) as FieldClaim;
  const before = pool({ allowedUses: ['Workload'] }, [uses(['Workload'], '10:00', 'a')]);
  const after = pool({ allowedUses: ['Workload', 'LoadBalancer'], disabled: true }, [
    uses(['Workload'], '10:01', 'a'),
    { ...claim('b', ['allowedUses'], '10:02'), items: { allowedUses: ['LoadBalancer'] } },
  ]);
  expect(writersOf(before, after)).toEqual([
    { manager: 'a', fields: ['disabled'] },
    { manager: 'b', fields: ['allowedUses'] },
  ]);
});

it('who took a field away, and renewed the claim that had it, is told for that', () => {
  const before = pool({ natOutgoing: true, disabled: true }, [claim('bob', ['disabled', 'natOutgoing'], '09:00')]);
  const after = pool({ natOutgoing: false }, [
    claim('bob', ['ipipMode'], '10:01'),
    claim('alice', ['natOutgoing'], '10:05'),
  ]);
  expect(writersOf(before, after)).toEqual([
    { manager: 'bob', fields: ['disabled'] },
    { manager: 'alice', fields: ['natOutgoing'] },
  ]);
});

it('nor does who wrote last, and held its items before, count as having written a set', () => {
  const uses = (manager: string, item: string, at: string, more: string[] = []) =>
    ({ ...claim(manager, ['allowedUses', ...more], at), items: { allowedUses: [item] } }) as FieldClaim;
  const before = pool({ allowedUses: ['Workload'] }, [uses('a', 'Workload', '10:00')]);
  const after = pool({ allowedUses: ['Workload', 'Tunnel'], disabled: true }, [
    uses('b', 'Tunnel', '10:01'),
    uses('a', 'Workload', '10:02', ['disabled']),
  ]);
  expect(writersOf(before, after)).toEqual([
    { manager: 'b', fields: ['allowedUses'] },
    { manager: 'a', fields: ['disabled'] },
  ]);
});

it('a CIDR that is spelt otherwise is told all the same', () => {
  const spelt = (cidr: string, at: string) => pool({ cidr }, [claim('vi', ['cidr'], at)]);
  expect(writersOf(spelt('10.1.0.0/16', '10:00'), spelt('10.1.0.1/16', '10:01'))).toMatchObject([{ fields: [] }]);
});
