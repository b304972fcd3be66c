/** Rules in the order a packet meets them: those of our chain stand below the jump that leads to it. */
import { CHAIN } from '../../core/rules/model.ts';
import type { ReportedFamily } from '../../core/wire/report.ts';

type Rule = ReportedFamily['rules'][number];

export interface NumberedRule {
  /** "3", or "3.1" below the jump; "–.1" when no jump leads there */
  number: string;
  rule: Rule;
  ours: boolean;
}

export function numberedRules(rules: readonly Rule[]): NumberedRule[] {
  const chain = rules.filter(({ chain: name }) => name === CHAIN);
  const outer = rules.filter(({ chain: name }) => name !== CHAIN);
  const jump = outer.findIndex(({ text }) => text.includes(`-j ${CHAIN}`));
  const below = (at: string): NumberedRule[] =>
    chain.map((rule, index) => ({ number: `${at}.${index + 1}`, rule, ours: true }));
  const listed = outer.flatMap((rule, index): NumberedRule[] => {
    const ours = rule.hash !== '' || rule.text.includes(`-j ${CHAIN}`);
    const own = { number: String(index + 1), rule, ours };
    return index === jump ? [own, ...below(own.number)] : [own];
  });
  return jump < 0 ? [...listed, ...below('–')] : listed;
}
