/**
 * The revision: a hash over the canonical pools, settings and hosts, so that "converged" is equality.
 *
 * Pools enter as a sum of hashes modulo 2^256 (order does not matter), so a change of one pool among ten thousand costs
 * two hashes, on the server and on every agent, and both can check that a delta led to the same state.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { ClusterSettings, NatSettings } from '../nat/settings.ts';
import { withDefaults } from '../pool/defaults.ts';
import type { Pool } from '../pool/spec.ts';

const MODULUS = 1n << 256n;
const number = (text: string): bigint => BigInt(`0x${bytesToHex(sha256(utf8ToBytes(text)))}`);

/** One pool's share of the sum. Two specs that mean the same have the same share. */
export function poolShare(pool: Pool): bigint {
  const spec = withDefaults(pool.spec);
  const fields = Object.entries(spec).sort(([a], [b]) => (a < b ? -1 : 1));
  return number(JSON.stringify([pool.name, fields]));
}

export const addShare = (sum: bigint, share: bigint): bigint => (sum + share) % MODULUS;
export const removeShare = (sum: bigint, share: bigint): bigint => (sum - share + MODULUS) % MODULUS;
export const sumOfPools = (pools: readonly Pool[]): bigint =>
  pools.reduce((sum, pool) => addShare(sum, poolShare(pool)), 0n);

/** 16 hexadecimal characters. Hosts count only while a setting makes them matter. */
export function revisionOf(sum: bigint, settings: ClusterSettings, hosts: readonly string[]): string {
  const nodes = Object.keys(settings.nodes)
    .sort()
    .map((name) => [name, sorted(settings.nodes[name] ?? {})]);
  const all = [sum.toString(16), sorted(settings.global), nodes, hostsMatter(settings) ? [...hosts].sort() : []];
  return bytesToHex(sha256(utf8ToBytes(JSON.stringify(all)))).slice(0, 16);
}

export function hostsMatter(settings: ClusterSettings): boolean {
  return [settings.global, ...Object.values(settings.nodes)].some(
    (one) => one.natOutgoingExclusions === 'IPPoolsAndHostIPs',
  );
}

/** Why addresses that nobody changed begin to stand in the state: what History says of that. */
export const HOSTS_BEGIN = 'count from now on, since natOutgoingExclusions asks for them';

const sorted = (settings: NatSettings): [string, unknown][] =>
  Object.entries(settings)
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
