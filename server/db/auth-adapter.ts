import { prismaAdapter } from 'better-auth/adapters/prisma';
import type { Database } from './client.ts';

/** What the sign-in library keeps its sessions with. */
export const authAdapter = (db: Database) => prismaAdapter(db.prisma, { provider: 'postgresql' });
