import { expect, it } from 'vitest';
import type { LivePool } from './live-pool.ts';
import type { FieldClaim } from './managed-fields.ts';
import { writerAmong, writerOf } from './writer.ts';

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
