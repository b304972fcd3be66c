/** Answers that no server here gives on demand; the others are asked of a real one in kube.cluster.test.ts. */
import { expect, it } from 'vitest';
import { readFailure } from './read-failure.ts';

const conflict = (message: string): string =>
  JSON.stringify({
    kind: 'Status',
    message: 'Apply failed',
    reason: 'Conflict',
    details: { causes: [{ reason: 'FieldManagerConflict', message, field: '.spec.natOutgoing' }] },
  });

it("a manager's name is read whatever stands in it", () => {
  const message = 'conflict with "odd \\"name\\" \\\\ x" using projectcalico.org/v3';
  expect(readFailure(409, conflict(message)).conflicts).toEqual([
    { manager: 'odd "name" \\ x', operation: 'Update', field: 'spec.natOutgoing' },
  ]);
  expect(readFailure(409, conflict('in other words')).conflicts).toMatchObject([{ manager: 'in other words' }]);
});

it('a schema error hides the other rules, and that is said', () => {
  const causes = [
    {
      reason: 'FieldValueInvalid',
      message: 'Invalid value: "null": some validation rules were not checked',
      field: '<nil>',
    },
    { reason: 'FieldValueNotSupported', message: 'Unsupported value: "x"', field: 'spec.vxlanMode' },
    { reason: 'FieldValueInvalid', message: 'Invalid value: "a"', field: 'spec.blockSize' },
  ];
  const read = readFailure(422, JSON.stringify({ message: 'is invalid', reason: 'Invalid', details: { causes } }));
  expect(read).toMatchObject({ kind: 'invalid', complete: false });
  expect(read.causes.map(({ field }) => field)).toEqual(['spec.blockSize', 'spec.vxlanMode']);
});

it('text, nothing and nonsense are read as well', () => {
  expect(readFailure(429, 'Too many requests, please try again later.\n', '1')).toMatchObject({
    kind: 'busy',
    message: 'Too many requests, please try again later.',
    retryAfterMs: 1000,
  });
  const starting = { message: 'storage is (re)initializing', reason: 'TooManyRequests' };
  expect(readFailure(429, JSON.stringify(starting), '1')).toMatchObject({ kind: 'unavailable' });
  expect(readFailure(401, '')).toMatchObject({ kind: 'unauthorized', message: 'HTTP status 401' });
  expect(readFailure(503, '{"details":{"retryAfterSeconds":5},"message":7}')).toMatchObject({ retryAfterMs: 5000 });
  expect(readFailure(500, 'null')).toMatchObject({ kind: 'unavailable', message: 'null' });
  expect(readFailure(422, '{"details":{"causes":[null,7]}}')).toMatchObject({ kind: 'invalid' });
  expect(readFailure(504, '<html>', 'Wed, 21 Oct 2026 07:28:00 GMT')).toMatchObject({ retryAfterMs: null });
});
