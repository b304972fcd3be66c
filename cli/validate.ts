/** `outgate validate`: every rule that the pools and NAT settings of the files break, and what is worth a look. */

import { formatErrors } from '../core/calico/format-errors.ts';
import { type Manifests, type ReadError, readManifests } from '../core/calico/read.ts';
import { warnAboutSettings } from '../core/nat/stops-felix.ts';
import { validateSettings } from '../core/nat/validate-settings.ts';
import { parsePrefix } from '../core/net/prefix.ts';
import { quote } from '../core/net/quote.ts';
import type { Pool, Violation, Warning } from '../core/pool/spec.ts';
import { validatePools } from '../core/pool/validate.ts';
import { rangeWarnings } from '../core/pool/warnings.ts';
import { oneOf, readArgs } from './args.ts';
import { type Command, type Io, withJsonErrors, write } from './command.ts';
import { readFiles } from './read-files.ts';
import { readInput } from './read-input.ts';

interface Judged {
  violations: Violation[];
  warnings: Warning[];
}

/** The JSON of `-o json`. `settings` is there when the files hold a FelixConfiguration. */
interface Result {
  valid: boolean;
  pools: ({ name: string; cidr: string; file: string; line: number } & Judged)[];
  settings?: Judged;
  errors: ReadError[];
}

const flags = {
  file: { type: 'string', short: 'f', multiple: true },
  old: { type: 'string' },
  output: { type: 'string', short: 'o' },
} as const;

export const command: Command = {
  summary: 'Check pools and NAT settings against every rule.',
  usage: 'outgate validate -f FILE [-f FILE]... [--old FILE] [-o text|json]',
  run,
};

async function run(args: readonly string[], io: Io): Promise<number> {
  const given = readArgs(args, flags).flags;
  const output = oneOf('output', given.output ?? 'text', ['text', 'json']);
  const answer = async (): Promise<number> => {
    const manifests = readManifests(await readFiles(given.file, io));
    const old = given.old === undefined ? [] : (await readInput([given.old], io)).pools.map(({ pool }) => pool);
    const result = judge(manifests, old);
    await write(io.stderr, formatErrors(result.errors));
    await write(io.stdout, output === 'json' ? `${JSON.stringify(result)}\n` : asText(result));
    if (result.errors.length > 0) return 2;
    return result.valid ? 0 : 1;
  };
  return output === 'json' ? withJsonErrors(io, { valid: false, pools: [] }, answer) : answer();
}

function judge(manifests: Manifests, old: readonly Pool[]): Result {
  const { nodes, settings, errors } = manifests;
  const pools = manifests.pools.map(({ pool }) => pool);
  const violations = validatePools(pools, old);
  const warningsOf = rangeWarnings({ nodes: nodes.flatMap(({ addresses }) => addresses) });
  const judged = manifests.pools.map(({ pool, file, line }) => ({
    name: pool.name,
    cidr: pool.spec.cidr,
    file,
    line,
    violations: violations.get(pool.name) ?? [],
    warnings: warningsOf(pool),
  }));
  const result: Result = { valid: false, pools: judged, errors };
  if (settings !== null) {
    result.settings = {
      violations: validateSettings(settings, pools),
      warnings: warnAboutSettings(settings, pools),
    };
  }
  const broken = [...judged, ...(result.settings === undefined ? [] : [result.settings])];
  result.valid = errors.length === 0 && broken.every((one) => one.violations.length === 0);
  return result;
}

function asText({ pools, settings, valid }: Result): string {
  const lines = pools.flatMap(({ name, cidr, file, line, ...judged }) => [
    `${judged.violations.length > 0 ? 'invalid' : 'valid  '}  ${name}  ${parsePrefix(cidr).ok ? cidr : quote(cidr)}  (${file}, line ${line})`,
    ...detailsOf(judged),
  ]);
  if (settings !== undefined) {
    lines.push(`${settings.violations.length > 0 ? 'invalid' : 'valid  '}  NAT settings`, ...detailsOf(settings));
  }
  const broken = pools.filter(({ violations }) => violations.length > 0).length;
  lines.push(`${valid ? 'valid' : 'not valid'}: pools ${pools.length}, with violations ${broken}`);
  return `${lines.join('\n')}\n`;
}

const detailsOf = ({ violations, warnings }: Judged): string[] => [
  ...violations.map(({ rule, field, message }) => `         ${rule}  ${field}: ${message}`),
  ...warnings.map(({ code, field, message }) => `         ${code}  ${field}: ${message}`),
];
