/** Which names in the kernel are ours. Everything else belongs to others and is never written. */
import type { Family } from '../../../core/net/address.ts';
import { setName } from '../../../core/rules/model.ts';

const roles = ['src', 'exempt', 'nodes'] as const;

export const ownSets = (family: Family): string[] => roles.map((role) => setName(role, family));

/** Temporary sets carry the writer's process id: two agents on one node never share one, and a dead one's are known. */
export const temporaryName = (name: string, pid: number): string => {
  const short = name.slice('outgate-'.length);
  return `outgate-tmp-${pid}-${short}`;
};

const temporary = /^outgate-tmp-(\d+)-(?:src|exempt|nodes)-v([46])$/;

/** The writer and family of a temporary set; undefined for any other name. */
export function temporaryOf(name: string): { readonly pid: number; readonly family: Family } | undefined {
  const match = temporary.exec(name);
  if (match === null) return undefined;
  return { pid: Number(match[1]), family: match[2] === '4' ? 4 : 6 };
}
