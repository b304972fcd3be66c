import { AppError } from '../app-error.ts';

/** Of what was asked for, by the name of its input. */
export const refusal = (field: string, message: string): AppError =>
  new AppError('INVALID_INPUT', message, { issues: [{ field, message }] });
