import { expect, it } from 'vitest';
import { readManifests } from './read.ts';
import { settingsErrors } from './settings-errors.ts';

const felix = (name: string, spec: string): string =>
  `apiVersion: projectcalico.org/v3\nkind: FelixConfiguration\nmetadata:\n  name: ${name}\nspec:\n${spec}`;
const pool =
  'apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata: {name: a}\nspec: {cidr: 10.0.0.0/8, natOutgoing: true}\n';

it('names file, document, line and field of every setting that breaks a rule', () => {
  const found = readManifests([
    {
      name: 'a.yaml',
      text: `${pool}---\n${felix('default', '  natOutgoingAddress: 10.0.0.1\n  natPortRange: 0:70000\n')}`,
    },
    { name: 'b.yaml', text: felix('node.n.1', '  logSeverity: x\n  iptablesNATOutgoingInterfaceFilter: eth 0\n') },
  ]);
  expect(found.errors).toEqual([]);
  expect(settingsErrors(found)).toMatchObject([
    { file: 'a.yaml', document: 2, line: 12, field: 'spec.natPortRange' },
    { file: 'a.yaml', document: 2, line: 11, field: 'spec.natOutgoingAddress' },
    { file: 'b.yaml', document: 1, line: 7, field: 'spec.iptablesNATOutgoingInterfaceFilter' },
  ]);
});
