import type { Family } from '../net/address.ts';
import { formatPrefix, type Prefix, parseInterface, prefixOf } from '../net/prefix.ts';
import { type FullPoolSpec, withDefaults } from './defaults.ts';
import type { Pool } from './spec.ts';

/** What a rule looks at: a pool with its defaults filled in and its CIDR read once. */
export interface Subject {
  readonly name: string;
  readonly spec: FullPoolSpec;
  /** of an unreadable CIDR: the family that was meant, as the default of blockSize has it */
  readonly family: Family;
  /** without host bits; undefined if the CIDR cannot be read */
  readonly prefix: Prefix | undefined;
  /** false if host bits were set */
  readonly masked: boolean;
}

export function subjectOf(pool: Pool): Subject {
  const spec = withDefaults(pool.spec);
  const parsed = parseInterface(spec.cidr);
  if (!parsed.ok) {
    return { name: pool.name, spec, family: spec.cidr.includes(':') ? 6 : 4, prefix: undefined, masked: true };
  }
  const { address, length } = parsed.value;
  const prefix = prefixOf(address, length);
  return { name: pool.name, spec, family: address.family, prefix, masked: prefix.value === address.value };
}

/** The CIDR for a message: canonical, or as typed where it is not a prefix. */
export const cidrText = ({ spec, prefix, masked }: Subject): string =>
  prefix !== undefined && masked ? formatPrefix(prefix) : spec.cidr;
