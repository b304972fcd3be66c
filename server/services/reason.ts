/** Why something was done: kept in History for ever. */
import { z } from 'zod';
import { AppError } from './app-error.ts';

export const reasonSchema = z.string().trim().max(1000, 'reason must be at most 1000 characters');

/** Null when nothing was said. */
export const optionalReason = (reason: string | undefined): string | null => reason || null;

/** Throws REASON_REQUIRED: delete, revert and settings must say why, and adopt, resolve and policy in a cluster. */
export function requiredReason(reason: string | undefined): string {
  if (reason) return reason;
  const message = 'reason must say why: it is kept in History';
  throw new AppError('REASON_REQUIRED', message, { issues: [{ field: 'reason', message }] });
}
