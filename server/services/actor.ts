/** Who does something, and what the roles may. */
import { z } from 'zod';

/** Each role may do what those before it may. */
export const roles = ['viewer', 'editor', 'admin'] as const;
export const roleSchema = z.enum(roles);
export type Role = z.infer<typeof roleSchema>;

/** As it is stored. */
export const readRole = (role: unknown): Role => roles.find((known) => known === role) ?? 'viewer';

export const atLeast = (role: Role, needed: Role): boolean => roles.indexOf(role) >= roles.indexOf(needed);
export const lower = (a: Role, b: Role): Role => (atLeast(a, b) ? b : a);

/** A signed-in account, as the session says, or the API token that speaks for it. */
export interface SessionUser {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  /** through a token: the lower of the token's and the account's */
  readonly role: Role;
  /** the API token that speaks for it; absent: by session */
  readonly token?: { readonly id: string; readonly name: string };
  /** absent: by token */
  readonly session?: { readonly id: string };
}

/** What a change row keeps of who made it, with the role at that time. */
export interface Actor {
  readonly id: string | null;
  readonly name: string;
  readonly role: Role | 'system';
}

export const actorOf = ({ id, email, role, token }: SessionUser): Actor => ({
  id,
  name: token === undefined ? email : `${email} (token ${token.name})`,
  role,
});

/** Outgate itself: what no person asked for. */
export const system: Actor = { id: null, name: 'outgate', role: 'system' };
