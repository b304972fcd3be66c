/** From what was read back to the report's shape. */
import type { Family } from '../core/net/address.ts';
import { CHAIN } from '../core/rules/model.ts';
import type { SavedRule } from '../core/rules/parse.ts';
import { passesOn } from '../core/rules/passing.ts';
import type { Report, ReportedFamily } from '../core/wire/report.ts';
import type { Held, HeldFamily } from './dataplane/driver.ts';

export function reportedFamilies(held: Held): Report['families'] {
  const family = (one: Family): ReportedFamily => {
    const found = held.families[one];
    return found === undefined ? { rules: [], sets: [] } : reportedFamily(found);
  };
  return { '4': family(4), '6': family(6) };
}

function reportedFamily({ postrouting, chain, sets }: HeldFamily): ReportedFamily {
  return {
    rules: [...postrouting, ...(chain ?? [])].map((rule) => ({
      chain: rule.chain,
      text: rule.text,
      hash: hashOf(rule),
      packets: rule.packets,
      bytes: rule.bytes,
    })),
    sets: [...sets.values()].map(({ name, members }) => ({
      name,
      members: members
        .map(({ cidr, packets, bytes }) => ({ cidr, packets, bytes }))
        .sort((a, b) => (a.cidr < b.cidr ? -1 : a.cidr > b.cidr ? 1 : 0)),
    })),
  };
}

const hashOf = ({ comments }: SavedRule): string => {
  const own = comments.find((comment) => /^outgate:.{16}$/.test(comment));
  return own === undefined ? '' : own.slice('outgate:'.length);
};

/** Rules of others in POSTROUTING that packets meet before our jump and that may decide. */
export function foreignRules(held: Held): Report['foreign'] {
  return ([4, 6] as const).flatMap((family) => {
    const rules = held.families[family]?.postrouting ?? [];
    const jump = rules.findIndex(({ target }) => target === CHAIN);
    const before = jump < 0 ? rules : rules.slice(0, jump);
    return before.filter((rule) => !passesOn(rule)).map(({ chain, text }) => ({ chain, text }));
  });
}
