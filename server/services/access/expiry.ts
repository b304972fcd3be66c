/** When a token ends. */
import { z } from 'zod';
import { AppError } from '../app-error.ts';

export const expirySchema = z.iso
  .datetime({ offset: true, error: 'the expiry must be a time, for example 2027-01-31T12:00:00Z' })
  .refine((text) => Date.parse(text) < Date.UTC(9999, 11, 31), 'the expiry must be before the year 9999 ends');

/** Throws INVALID_INPUT. Null: it does not end. */
export function refusePastExpiry(expiresAt: string | null, now: Date): void {
  if (expiresAt === null || Date.parse(expiresAt) > now.getTime()) return;
  const message = `the expiry must be in the future, not ${expiresAt}`;
  throw new AppError('INVALID_INPUT', message, { issues: [{ field: 'expiresAt', message }] });
}
