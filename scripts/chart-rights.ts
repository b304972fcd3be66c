/** Writes the rules of the chart's roles from the table of rights that the server needs: `node scripts/chart-rights.ts`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { type PolicyRule, policyRules } from '../server/kube/needed-rights.ts';
import { ROOT } from './supervisor/paths.ts';

/** `agents`: in the cluster too, and given only where the chart runs agents. */
export const chartParts = ['cluster', 'agents', 'own'] as const;
type Part = (typeof chartParts)[number];

const RULES: Readonly<Record<Part, readonly PolicyRule[]>> = {
  cluster: policyRules('cluster', { agents: false }),
  agents: policyRules('cluster', { agents: true }),
  own: policyRules('own'),
};

/** Text of `rules/<part>.yaml` in the chart. */
export const chartRules = (part: Part): string =>
  stringify(RULES[part], { aliasDuplicateObjects: false, lineWidth: 0 });

export const chartRulesFile = (part: Part): string => join(ROOT, 'deploy/chart/outgate/rules', `${part}.yaml`);

if (import.meta.main) {
  for (const part of chartParts) writeFileSync(chartRulesFile(part), chartRules(part));
}
