/** Flags of a command, strictly: an unknown flag, a missing value or a flag given twice is a usage error. */
import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { UsageError } from './command.ts';

type Flags = ParseArgsOptionsConfig;

/** Throws UsageError. Arguments without a flag are refused unless `positionals` says that they are welcome. */
export function readArgs<const F extends Flags>(args: readonly string[], flags: F, positionals = false) {
  const parsed = parse(args, flags, positionals);
  const seen = new Set<string>();
  for (const token of parsed.tokens) {
    if (token.kind !== 'option' || flags[token.name]?.multiple) continue;
    if (seen.has(token.name)) throw new UsageError(`--${token.name} must be given only once`);
    seen.add(token.name);
  }
  return { flags: parsed.values, positionals: parsed.positionals };
}

function parse<const F extends Flags>(args: readonly string[], flags: F, positionals: boolean) {
  try {
    return parseArgs({ args: [...args], options: flags, strict: true, allowPositionals: positionals, tokens: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error));
  }
}

/** A flag with a closed list of values. */
export function oneOf<const T extends string>(flag: string, value: string | undefined, allowed: readonly T[]): T {
  const found = allowed.find((one) => one === value);
  if (found !== undefined) return found;
  throw new UsageError(
    `--${flag} must be ${allowed.length > 1 ? 'one of ' : ''}${allowed.join(', ')}${value === undefined ? '' : `: '${value}'`}`,
  );
}
