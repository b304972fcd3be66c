/**
 * What zod says of an input, in our words: what must hold. A schema's own message goes before it. The value is not quoted:
 * messages are logged, and it may be a password.
 */
import { z } from 'zod';
import { quote } from '../../core/net/quote.ts';

type Issue = z.core.$ZodRawIssue;

/** For the whole process: the reports of agents are refused in the same words. */
export const speakPlainly = (): void => {
  z.config({ localeError: (issue) => `must ${mustBe(issue)}` });
};

function mustBe(issue: Issue): string {
  if (issue.code === 'unrecognized_keys') return `have no field ${issue.keys.map(quote).join(', ')}`;
  if (issue.code === 'invalid_type') return `be ${typeNames[issue.expected] ?? issue.expected}`;
  if (issue.code === 'invalid_value') return `be one of ${issue.values.map(quote).join(', ')}`;
  if (issue.code === 'too_big') return `${measures[issue.origin] ?? 'be'} at most ${issue.maximum}`;
  if (issue.code === 'too_small') return `${measures[issue.origin] ?? 'be'} at least ${issue.minimum}`;
  if (issue.code === 'invalid_format') return `be ${formats[issue.format] ?? 'in the right form'}`;
  return 'be valid';
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'text',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};
const measures: Readonly<Record<string, string>> = { string: 'have a length of', array: 'have a length of' };
const formats: Readonly<Record<string, string>> = {
  datetime: 'a time like 2026-01-31T12:00:00Z',
  email: 'an email address',
};
