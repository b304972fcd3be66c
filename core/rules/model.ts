/** Chains and sets as data: what compile() wants, what a driver renders, and what is parsed back. */
import type { Family } from '../net/address.ts';

/** A `hash:net` set; members are canonical CIDRs, sorted (single addresses end in /32 or /128). */
export interface NetSet {
  readonly name: string;
  readonly family: Family;
  /** counters on each member: only the source set has them */
  readonly counters: boolean;
  readonly members: readonly string[];
}

/** One rule of our chain, in the order iptables evaluates its matches: the destination sets before the source set. */
export interface Rule {
  readonly sets: readonly { readonly name: string; readonly direction: 'src' | 'dst'; readonly negated: boolean }[];
  readonly protocol?: 'tcp' | 'udp';
  readonly outInterface?: string;
  readonly target:
    | { readonly kind: 'MASQUERADE'; readonly ports?: PortRange }
    | { readonly kind: 'SNAT'; readonly address: string; readonly ports?: PortRange };
  /** pick source ports at random: without it two CPUs lose 0.1 % of new flows to a race */
  readonly randomFully: boolean;
}

export type PortRange = readonly [number, number];

/** Everything Outgate wants in one family of one node's kernel. */
export interface Program {
  readonly family: Family;
  readonly sets: readonly NetSet[];
  readonly rules: readonly Rule[];
}

export const CHAIN = 'OUTGATE-POSTROUTING';
export const setName = (role: 'src' | 'exempt' | 'nodes', family: Family): string => `outgate-${role}-v${family}`;
