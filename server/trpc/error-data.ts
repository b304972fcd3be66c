/** Errors as the API shows them: tRPC's code, our reason, and the fields that do not hold. Never a stack or SQL. */
import type { TRPCError } from '@trpc/server';
import { ZodError } from 'zod';
import type { ErrorReason } from '../../core/wire/reasons.ts';
import { AppError, type Issue, type PoolViolation } from '../services/app-error.ts';
import { nameable } from '../services/text.ts';

type Code = TRPCError['code'];

export interface ErrorFields {
  readonly reason: ErrorReason;
  readonly requestId: string;
  readonly issues?: readonly Issue[];
  readonly violations?: readonly PoolViolation[];
  readonly current?: unknown;
}

/** Strings that PostgreSQL cannot keep. */
export class UnstorableText extends Error {
  readonly issues: readonly Issue[];
  constructor(issues: readonly Issue[]) {
    super('text must be storable');
    this.issues = issues;
  }
}

const codes: Readonly<Record<ErrorReason, Code>> = {
  INVALID_INPUT: 'BAD_REQUEST',
  POOL_VIOLATIONS: 'BAD_REQUEST',
  SETTINGS_VIOLATIONS: 'BAD_REQUEST',
  YAML_UNREADABLE: 'BAD_REQUEST',
  REASON_REQUIRED: 'BAD_REQUEST',
  NOTHING_CHANGES: 'BAD_REQUEST',
  NAME_TAKEN: 'CONFLICT',
  VERSION_STALE: 'CONFLICT',
  CHANGED_SINCE: 'CONFLICT',
  EMAIL_TAKEN: 'CONFLICT',
  LAST_ADMIN: 'CONFLICT',
  NOT_FOUND: 'NOT_FOUND',
  NOT_SIGNED_IN: 'UNAUTHORIZED',
  API_TOKEN_REFUSED: 'UNAUTHORIZED',
  AGENT_REFUSED: 'UNAUTHORIZED',
  ROLE_TOO_LOW: 'FORBIDDEN',
  SESSION_NEEDED: 'FORBIDDEN',
  ORIGIN_REFUSED: 'FORBIDDEN',
  SETUP_CLOSED: 'FORBIDDEN',
  NODE_NAME_TAKEN: 'CONFLICT',
  TOO_MANY_ATTEMPTS: 'TOO_MANY_REQUESTS',
  NO_CLUSTER: 'PRECONDITION_FAILED',
  CLUSTER_AWAY: 'PRECONDITION_FAILED',
  LAB_OFF: 'PRECONDITION_FAILED',
  PROBE_FAILED: 'UNPROCESSABLE_CONTENT',
  NOT_READY: 'SERVICE_UNAVAILABLE',
  INTERNAL: 'INTERNAL_SERVER_ERROR',
};

const reasons: Partial<Record<Code, ErrorReason>> = {
  UNAUTHORIZED: 'NOT_SIGNED_IN',
  FORBIDDEN: 'ROLE_TOO_LOW',
  NOT_FOUND: 'NOT_FOUND',
  TOO_MANY_REQUESTS: 'TOO_MANY_ATTEMPTS',
  INTERNAL_SERVER_ERROR: 'INTERNAL',
};

/** tRPC's code for what was thrown: an AppError has its own, everything unknown stays what tRPC made of it. */
export const codeOf = (error: TRPCError): Code =>
  error.cause instanceof AppError ? codes[error.cause.reason] : error.code;

/** Of an input of 8 MiB a million things can be wrong: the answer and the line in the log must not be many times as long. */
const MOST_ISSUES = 100;
const LONGEST_MESSAGE = 2_000;

export function errorDataOf(error: TRPCError, requestId: string): { message: string; fields: ErrorFields } {
  const { message, fields } = everythingOf(error, requestId);
  const { issues } = fields;
  return {
    message: cut(message),
    fields: issues === undefined ? fields : { ...fields, issues: issues.slice(0, MOST_ISSUES).map(shortly) },
  };
}

const cut = (text: string): string =>
  text.length <= LONGEST_MESSAGE ? text : `${text.slice(0, LONGEST_MESSAGE).toWellFormed()}...`;

const shortly = (issue: Issue): Issue => ({ ...issue, field: nameable(issue.field), message: cut(issue.message) });

function everythingOf(error: TRPCError, requestId: string): { message: string; fields: ErrorFields } {
  const { cause } = error;
  if (cause instanceof AppError) {
    const { issues, violations, current } = cause.details;
    return {
      message: cause.message,
      fields: {
        reason: cause.reason,
        requestId,
        ...(issues === undefined ? {} : { issues }),
        ...(violations === undefined ? {} : { violations }),
        ...(current === undefined ? {} : { current }),
      },
    };
  }
  if (cause instanceof UnstorableText || (cause instanceof ZodError && error.code === 'BAD_REQUEST')) {
    const issues = cause instanceof UnstorableText ? cause.issues : cause.issues.map(issueOf);
    const message = issues.map((issue) => `${issue.field}: ${issue.message}`).join('; ');
    return { message, fields: { reason: 'INVALID_INPUT', requestId, issues } };
  }
  const reason = reasons[error.code] ?? 'INVALID_INPUT';
  const message = reason === 'INTERNAL' ? `something went wrong on the server (request ${requestId})` : error.message;
  return { message, fields: { reason, requestId } };
}

const issueOf = (issue: { path: PropertyKey[]; message: string }): Issue => ({
  field: issue.path.map((part) => nameable(String(part))).join('.') || 'input',
  message: issue.message,
});
