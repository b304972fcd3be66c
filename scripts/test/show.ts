/** Runs a tool and shows what it says, line by line: two parts may run at once, and a line must tell whose it is. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ROOT } from '../supervisor/paths.ts';

export type Show = (line: string) => void;

/** The last lines of a tool are on their way when it ends: they are not so long on it. */
const LAST_WORDS_MS = 10_000;

/**
 * Resolves with the exit code; a command that cannot be started is 1, and so is one that leaves a process behind which holds
 * its output open: that is said, and not waited for.
 */
export function showing(
  show: Show,
  command: string,
  args: readonly string[],
  { environment = {} }: { environment?: Record<string, string> } = {},
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
    let late: NodeJS.Timeout | undefined;
    child.on('exit', (code) => {
      late = setTimeout(() => {
        show(`${command} ended with ${code}, and a process that it left behind still holds its output open`);
        for (const stream of [child.stdout, child.stderr]) stream.destroy();
        resolve(code === 0 ? 1 : (code ?? 1));
      }, LAST_WORDS_MS);
    });
    // `close`, not `exit`: the last lines are still on their way when the process ends
    child.on('close', (code) => {
      clearTimeout(late);
      resolve(code ?? 1);
    });
  });
}
