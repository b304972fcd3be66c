/** Tokens and credentials: random, shown once, known to the database by their hash alone. */
import { hash, randomBytes } from 'node:crypto';

/** 32 random bytes, 43 characters. */
export const newSecret = (): string => randomBytes(32).toString('base64url');

/** No salt is needed: nobody can list 2^256 secrets. */
export const hashOf = (secret: string): string => hash('sha256', secret, 'hex');
