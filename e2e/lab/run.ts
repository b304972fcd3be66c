/** One place that starts a command and waits for it. Arguments are an array: no shell ever reads them. */
import { spawn } from 'node:child_process';

export interface RunResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Resolves with what came out, whatever the exit code; code 127 when the command cannot be started. */
export function tryRun(command: string, args: readonly string[], input = ''): Promise<RunResult> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', (error) => resolve({ code: 127, stdout, stderr: error.message }));
    child.on('close', (code) => resolve({ code: code ?? 128, stdout, stderr }));
    // a command that ends before it has read its input must not take us with it
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}

/** Resolves with stdout; throws with the command and its stderr when it does not exit with 0. */
export async function run(command: string, args: readonly string[], input = ''): Promise<string> {
  const result = await tryRun(command, args, input);
  if (result.code === 0) return result.stdout;
  throw new Error(`${command} ${args.join(' ')} ended with ${result.code}: ${result.stderr.trim()}`);
}
