import { expect, it } from 'vitest';
import type { FieldClaim } from './managed-fields.ts';
import { writerAmong } from './writer.ts';

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
