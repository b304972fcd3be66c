/** `outgate validate`: every rule that the pools of the files break, and what is worth a look. */
import { type Manifests, type ReadError, readManifests } from '../core/calico/read.ts';
import type { Pool, Violation, Warning } from '../core/pool/spec.ts';
import { validatePools } from '../core/pool/validate.ts';
import { warningsFor } from '../core/pool/warnings.ts';
import { oneOf, readArgs } from './args.ts';
import { type Command, type Io, write } from './command.ts';
import { formatErrors } from './format-errors.ts';
import { readFiles } from './read-files.ts';
import { readInput } from './read-input.ts';

interface Result {
  valid: boolean;
  pools: { name: string; cidr: string; line: number; violations: Violation[]; warnings: Warning[] }[];
  errors: ReadError[];
}

const flags = {
  file: { type: 'string', short: 'f', multiple: true },
  old: { type: 'string' },
  output: { type: 'string', short: 'o' },
} as const;

export const command: Command = {
  summary: 'Check pools against every rule.',
  usage: 'outgate validate -f FILE [-f FILE]... [--old FILE] [-o text|json]',
  run,
};

async function run(args: readonly string[], io: Io): Promise<number> {
  const given = readArgs(args, flags).flags;
  const output = oneOf('output', given.output ?? 'text', ['text', 'json']);
  const manifests = readManifests(await readFiles(given.file, io));
  const old = given.old === undefined ? [] : (await readInput([given.old], io)).pools.map(({ pool }) => pool);
  const result = judge(manifests, old);
  await write(io.stderr, formatErrors(result.errors));
  await write(io.stdout, output === 'json' ? `${JSON.stringify(result)}\n` : asText(result));
  if (result.errors.length > 0) return 2;
  return result.valid ? 0 : 1;
}

function judge({ pools, nodes, errors }: Manifests, old: readonly Pool[]): Result {
  const violations = validatePools(
    pools.map(({ pool }) => pool),
    old,
  );
  const ranges = { nodes: nodes.flatMap(({ addresses }) => addresses) };
  const judged = pools.map(({ pool, line }) => ({
    name: pool.name,
    cidr: pool.spec.cidr,
    line,
    violations: violations.get(pool.name) ?? [],
    warnings: warningsFor(pool, ranges),
  }));
  return { valid: errors.length === 0 && judged.every((one) => one.violations.length === 0), pools: judged, errors };
}

function asText({ pools, valid }: Result): string {
  const lines = pools.flatMap(({ name, cidr, line, violations, warnings }) => [
    `${violations.length > 0 ? 'invalid' : 'valid'}  ${name}  ${cidr}  (line ${line})`,
    ...violations.map(({ rule, field, message }) => `  ${rule}  ${field}: ${message}`),
    ...warnings.map(({ code, field, message }) => `  ${code}  ${field}: ${message}`),
  ]);
  const broken = pools.filter(({ violations }) => violations.length > 0).length;
  lines.push(`${valid ? 'valid' : 'not valid'}: ${pools.length} pools, ${broken} with violations`);
  return `${lines.join('\n')}\n`;
}
