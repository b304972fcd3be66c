/** Whether the lab runs, why not if not, and how it is started. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { missingForLab } from '../../e2e/lab/requirements.ts';
import { type KeptChild, keepRunning } from './keep-running.ts';
import { labLock } from './leftovers.ts';
import { takeLock } from './machine-lock.ts';
import { type Paths, ROOT } from './paths.ts';

export type LabChoice = 'auto' | 'on' | 'off';

/** Null when the lab can run, else why not. */
export async function whyNoLab(choice: LabChoice, prefix: string): Promise<string | null> {
  if (choice === 'off') return 'OUTGATE_LAB is off';
  const missing = await missingForLab();
  if (missing.length > 0) return missing.join('; ');
  const lock = await takeLock(labLock(prefix));
  if (lock === null) return 'another Outgate on this machine runs it';
  await lock.release();
  return null;
}

/** The token with which the lab's agents join; made once for each data directory, readable by its owner alone. */
export function labJoinToken(paths: Paths): string {
  const kept = existsSync(paths.joinToken) ? readFileSync(paths.joinToken, 'utf8').trim() : '';
  const token = randomBytes(32).toString('base64url');
  // half of one is what a full disk or a killed start leaves: no agent could ever join with it
  if (kept.length === token.length) return kept;
  mkdirSync(dirname(paths.joinToken), { recursive: true, mode: 0o700 });
  writeFileSync(paths.joinToken, `${token}\n`, { mode: 0o600 });
  return token;
}

export const startLab = (
  paths: Paths,
  options: { server: string; prefix: string; pods: boolean; report: (sentence: string) => void },
): KeptChild =>
  keepRunning({
    name: 'lab',
    command: process.execPath,
    args: [
      join(ROOT, 'e2e/lab/main.ts'),
      ...['--socket', paths.labSocket],
      ...['--server', options.server],
      // each node's pod has a token of its own; without a cluster one join token is for all
      ...(options.pods ? ['--token-dir', paths.podTokens] : ['--token-file', paths.joinToken]),
      ...['--state-dir', paths.labState],
      ...['--run-dir', paths.run],
      ...['--log-dir', paths.logs],
      ...['--prefix', options.prefix],
    ],
    logFile: join(paths.logs, 'lab.log'),
    runDir: paths.run,
    stopSignal: 'SIGTERM',
    graceMs: 10_000,
    died: (how, again) => options.report(`the lab ended (${how}); starting it again in ${again} ms`),
    finalCodes: [2, 3],
  });
