/** Entry of the `outgate` command: finds the command, turns every failure into a plain line and an exit code. */
import { type Command, InputError, type Io, UsageError, write } from './command.ts';

/** Each command is loaded when it is called: a start costs only what the command needs. */
const commands: ReadonlyMap<string, () => Promise<Command>> = new Map([
  ['validate', async () => (await import('./validate.ts')).command],
  ['simulate', async () => (await import('./simulate.ts')).command],
  ['render', async () => (await import('./render.ts')).command],
  ['convert', async () => (await import('./convert.ts')).command],
]);

export async function main(args: readonly string[], io: Io): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    await write(name === undefined ? io.stderr : io.stdout, await overview());
    return name === undefined ? 2 : 0;
  }
  const load = commands.get(name);
  if (load === undefined) {
    await write(io.stderr, `outgate: command must be one of ${[...commands.keys()].join(', ')}: '${name}'\n`);
    return 2;
  }
  const command = await load();
  if (rest.includes('--help') || rest.includes('-h')) {
    await write(io.stdout, `${command.summary}\n\nUsage: ${command.usage}\n`);
    return 0;
  }
  try {
    return await command.run(rest, io);
  } catch (error) {
    await write(io.stderr, explain(name, command, error));
    return 2;
  }
}

async function overview(): Promise<string> {
  const lines: string[] = [];
  for (const [name, load] of commands) lines.push(`  ${name.padEnd(10)} ${(await load()).summary}`);
  return [
    'Usage: outgate COMMAND [FLAGS]',
    '',
    ...lines,
    '',
    'outgate COMMAND --help shows the flags of a command.',
    'Exit codes: 0 as asked, 1 the answer is "no", 2 unusable input or usage.',
    '',
  ].join('\n');
}

function explain(name: string, command: Command, error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof UsageError) return `outgate ${name}: ${message}\n\nUsage: ${command.usage}\n`;
  if (error instanceof InputError) return `${message}\n`;
  return `outgate ${name}: failed: ${message}\n`;
}

if (import.meta.main) {
  // The reader of our output went away (`| head`): nobody is left to tell.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => process.exit(2));
  process.exitCode = await main(process.argv.slice(2), process);
}
