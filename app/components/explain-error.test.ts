import { TRPCClientError } from '@trpc/client';
import { expect, it } from 'vitest';
import { explain } from './explain-error.ts';

const refused = (message: string, data: object): TRPCClientError<never> =>
  Object.assign(new TRPCClientError<never>(message), { data });

it('what is refused of a text says whose it is, and where', () => {
  const cidr = { rule: 'C15', field: 'spec.cidr', message: 'CIDR cannot be changed' };
  const error = refused('site-b (document 4, line 22): CIDR cannot be changed', {
    reason: 'POOL_VIOLATIONS',
    violations: [{ ...cidr, pool: 'site-b', document: 4, line: 22 }],
  });
  expect(explain(error)).toEqual({
    title: 'Refused: this must hold first.',
    details: [{ where: 'site-b, document 4, line 22', field: 'spec.cidr', message: 'CIDR cannot be changed (C15)' }],
    requestId: null,
  });
  const issues = [
    { field: 'metadata.name', message: 'name must not be empty', document: 2, line: 8 },
    { field: 'yaml', message: 'file must hold at least one document', document: 0, line: 0 },
    { field: 'names.a', message: 'a cannot be adopted' },
  ];
  const unread = refused('yaml cannot be read', { reason: 'YAML_UNREADABLE', issues });
  expect(explain(unread).details.map(({ where }) => where)).toEqual(['document 2, line 8', '', '']);
});
