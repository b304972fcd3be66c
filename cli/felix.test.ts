/** What the real Felix programmed for the same pools and settings (iptables backend): through the command line alone. */
import { expect, test } from 'vitest';
import cases from './fixtures/felix.json' with { type: 'json' };
import { runCli } from './fixtures/run-cli.ts';

const manifest = (kind: string, name: string, spec: object): string =>
  JSON.stringify({ apiVersion: 'projectcalico.org/v3', kind, metadata: { name }, spec });
const documents = ({ pools, settings }: (typeof cases)[number]): string =>
  [
    ...pools.map(({ name, spec }) => manifest('IPPool', name, spec)),
    manifest('FelixConfiguration', 'default', settings),
  ].join('\n---\n');

/** Felix returns after a target with ports; for us the chain's target decides, which is the end of the table as well. */
const targets = (rules: readonly string[]): (string | undefined)[] =>
  rules
    .filter((rule) => !rule.endsWith('-j RETURN'))
    .map((rule) => `${/^-o \S+ |^-p \S+ /.exec(rule)?.[0] ?? ''}${/-j .*$/.exec(rule)?.[0] ?? ''}`);

test.each(cases)('$case: the same sets, and rules with the same targets', async (one) => {
  const { code, stdout, stderr } = await runCli(['render', '-f', '-'], documents(one));
  expect(code).toBe(0);
  for (const line of stderr.split('\n').slice(0, -1)) expect(line).toContain('rule C17 does not hold: ');
  const lines = stdout.split('\n');
  const members = (set: string) =>
    lines
      .filter((line) => line.startsWith(`add outgate-${set} `))
      .map((line) => line.split(' ')[2])
      .sort();
  expect({
    'src-v4': members('src-v4'),
    'pools-v4': members('exempt-v4'),
    'src-v6': members('src-v6'),
    'pools-v6': members('exempt-v6'),
  }).toEqual(one.sets);
  for (const family of ['4', '6'] as const) {
    const own = lines.filter((line) => line.startsWith('-A OUTGATE-') && line.includes(`src-v${family}`));
    const said = own.map((line) => line.slice('-A OUTGATE-POSTROUTING '.length));
    // without a pool that wants NAT Felix has no rule, and ours matches nothing
    if (one.sets[`src-v${family}`].length > 0) expect(targets(said)).toEqual(targets(one.rules[family]));
  }
});

test.each(cases)(
  '$case: what Felix ran with is valid, but for pools that overlap; convert gives every pool back',
  async (one) => {
    const judged = JSON.parse((await runCli(['validate', '-f', '-', '-o', 'json'], documents(one))).stdout);
    expect(judged.errors).toEqual([]);
    const rules: string[] = judged.pools.flatMap(({ violations }: { violations: { rule: string }[] }) =>
      violations.map(({ rule }) => rule),
    );
    expect(rules.filter((rule) => rule !== 'C17')).toEqual([]);
    const { code, stdout, stderr } = await runCli(['convert', '-f', '-'], documents(one));
    expect([code, stderr]).toEqual([0, 'only pools are converted; other objects are left out\n']);
    expect(stdout.match(/^kind: IPPool$/gm)).toHaveLength(one.pools.length);
  },
);
