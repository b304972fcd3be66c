/**
 * Rules as text, in the very form `iptables-save` prints them (legacy and nf_tables alike), so that what is read back can be
 * compared with what was written character by character.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { CHAIN, type PortRange, type Rule } from './model.ts';

/** First 16 hexadecimal characters of SHA-256 over the rule without its comment: says which rule a line was meant to be. */
export const ruleHash = (rule: Rule): string => hashOf(`${head(rule)} ${tail(rule)}`);

/** `-A OUTGATE-POSTROUTING [-o IF] [-p P] -m comment --comment "outgate:HASH" -m set ... -j ...` */
export const ruleText = (rule: Rule): string => `${head(rule)} ${comment(ruleHash(rule))} ${tail(rule)}`;

/** The jump into our chain, which must stand last in POSTROUTING, once. */
export const jumpHash: string = hashOf(`-A POSTROUTING -j ${CHAIN}`);
export const jumpText: string = `-A POSTROUTING ${comment(jumpHash)} -j ${CHAIN}`;

function hashOf(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text))).slice(0, 16);
}

function comment(hash: string): string {
  return `-m comment --comment "outgate:${hash}"`;
}

function head({ outInterface, protocol }: Rule): string {
  const matches = [
    outInterface === undefined ? '' : ` -o ${outInterface}`,
    protocol === undefined ? '' : ` -p ${protocol}`,
  ];
  return `-A ${CHAIN}${matches.join('')}`;
}

function tail({ sets, target, randomFully }: Rule): string {
  const parts = sets.map(
    ({ name, direction, negated }) => `-m set ${negated ? '! ' : ''}--match-set ${name} ${direction}`,
  );
  parts.push(`-j ${target.kind}`);
  if (target.kind === 'SNAT') parts.push(`--to-source ${toSource(target.address, target.ports)}`);
  else if (target.ports !== undefined) parts.push(`--to-ports ${range(target.ports)}`);
  if (randomFully) parts.push('--random-fully');
  return parts.join(' ');
}

function toSource(address: string, ports: PortRange | undefined): string {
  if (ports === undefined) return address;
  return `${address.includes(':') ? `[${address}]` : address}:${range(ports)}`;
}

/** The tools print a range of one port as that port. */
function range([first, last]: PortRange): string {
  return first === last ? `${first}` : `${first}-${last}`;
}
