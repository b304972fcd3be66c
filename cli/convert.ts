/** `outgate convert`: any accepted form of pools as canonical Calico YAML. */
import { writePools } from '../core/calico/write.ts';
import { oneOf, readArgs } from './args.ts';
import { type Command, type Io, write } from './command.ts';
import { readInput } from './read-input.ts';

const flags = {
  file: { type: 'string', short: 'f', multiple: true },
  api: { type: 'string' },
  output: { type: 'string', short: 'o' },
} as const;

export const command: Command = {
  summary: 'Write pools as canonical Calico YAML.',
  usage: 'outgate convert -f FILE [-f FILE]... [--api v3|v1] [-o yaml]',
  run,
};

async function run(args: readonly string[], io: Io): Promise<number> {
  const given = readArgs(args, flags).flags;
  const api = oneOf('api', given.api ?? 'v3', ['v3', 'v1']);
  oneOf('output', given.output ?? 'yaml', ['yaml']);
  const { pools, settings, nodes } = await readInput(given.file, io);
  if (settings !== null || nodes.length > 0)
    await write(io.stderr, 'only pools are converted; other objects are left out\n');
  await write(
    io.stdout,
    writePools(
      pools.map(({ pool }) => pool),
      api,
    ),
  );
  return 0;
}
