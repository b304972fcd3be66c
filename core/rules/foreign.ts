/** Rules of others: may one of them decide about a flow before ours does? */

import { passesFilter } from '../nat/interface-filter.ts';
import { protocols, type ReadFlow } from '../nat/read-flow.ts';
import { type Address, parseAddress } from '../net/address.ts';
import { contains, parseInterface, prefixOf } from '../net/prefix.ts';
import type { SavedRule } from './parse-save.ts';
import { passesOn } from './passing.ts';

/** Chains of the service proxy: they NAT what it marked, and never a packet without its mark. */
const marked = new Set(['KUBE-POSTROUTING', 'KUBE-IPVS-POSTROUTING']);

/** False only when the rule surely lets the flow pass: a match that can be read does not hold, or the target ends nothing. */
export function mayDecide(rule: SavedRule, flow: ReadFlow, outInterface: string | null): boolean {
  if (passesOn(rule) || (rule.target !== null && marked.has(rule.target))) return false;
  const { words } = rule;
  for (const [i, word] of words.entries()) {
    if (words[i - 1] === '--comment') continue;
    const holds = holdsOf(word, words[i + 1] ?? '', flow, outInterface);
    if (holds !== undefined && holds === (words[i - 1] === '!')) return false;
  }
  return true;
}

/** Whether a match holds, before a `!` turns it round; undefined for what cannot be told. */
function holdsOf(option: string, value: string, flow: ReadFlow, outInterface: string | null): boolean | undefined {
  if (option === '-s') return inside(value, flow.from);
  if (option === '-d') return inside(value, flow.destination);
  if (option === '-o') return outInterface === null ? undefined : passesFilter(value, outInterface);
  if (option !== '-p' || value === 'all') return undefined;
  const number = /^\d+$/.test(value) ? Number(value) : protocols[value];
  return number === undefined ? undefined : number === flow.protocol;
}

function inside(text: string, address: Address): boolean | undefined {
  if (text.includes('/')) {
    const parsed = parseInterface(text);
    return parsed.ok ? contains(prefixOf(parsed.value.address, parsed.value.length), address) : undefined;
  }
  const parsed = parseAddress(text);
  return parsed.ok ? parsed.value.family === address.family && parsed.value.value === address.value : undefined;
}
