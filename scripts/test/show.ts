/** Runs a tool and shows what it says, line by line: two parts may run at once, and a line must tell whose it is. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ROOT } from '../supervisor/paths.ts';

export type Show = (line: string) => void;

/** Resolves with the exit code; a command that cannot be started is 1. */
export function showing(
  show: Show,
  command: string,
  args: readonly string[],
  environment: Record<string, string> = {},
): Promise<number> {
  return new Promise((resolve) => {
    const bin = join(ROOT, 'node_modules/.bin');
    const env = { ...process.env, ...environment, PATH: `${bin}:${process.env['PATH'] ?? ''}` };
    const child = spawn(join(bin, command), args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'], env });
    for (const stream of [child.stdout, child.stderr]) createInterface(stream).on('line', show);
    child.on('error', (error) => {
      show(error.message);
      resolve(1);
    });
    // `close`, not `exit`: the last lines are still on their way when the process ends
    child.on('close', (code) => resolve(code ?? 1));
  });
}
