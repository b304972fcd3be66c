/** Who does something, and what the roles may. */
import { z } from 'zod';

/** Each role may do what those before it may. */
export const roles = ['viewer', 'editor', 'admin'] as const;
export const roleSchema = z.enum(roles);
export type Role = z.infer<typeof roleSchema>;

export const atLeast = (role: Role, needed: Role): boolean => roles.indexOf(role) >= roles.indexOf(needed);

/** A signed-in account, as the session says. */
export interface SessionUser {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly role: Role;
}

/** What a change row keeps of who made it, with the role at that time. */
export interface Actor {
  readonly id: string | null;
  readonly name: string;
  readonly role: Role | 'system';
}

export const actorOf = (user: SessionUser): Actor => ({ id: user.id, name: user.email, role: user.role });

/** Outgate itself: what no person asked for. */
export const system: Actor = { id: null, name: 'outgate', role: 'system' };
