/** Writes the rules of the chart's roles from the table of rights that the server needs: `node scripts/chart-rights.ts`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { type NeededRight, policyRules } from '../server/kube/needed-rights.ts';
import { ROOT } from './supervisor/paths.ts';

/** Text of `rules/<where>.yaml` in the chart. */
export const chartRules = (where: NeededRight['where']): string =>
  stringify(policyRules(where), { aliasDuplicateObjects: false, lineWidth: 0 });

export const chartRulesFile = (where: NeededRight['where']): string =>
  join(ROOT, 'deploy/chart/outgate/rules', `${where}.yaml`);

if (import.meta.main) {
  for (const where of ['cluster', 'own'] as const) writeFileSync(chartRulesFile(where), chartRules(where));
}
