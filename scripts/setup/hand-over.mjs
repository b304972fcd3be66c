// From here on Node 24.9 or newer (server/node-version.ts says why): this very process when it is one already, else a child that gets our signals and our exit code.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './root.mjs';

/** Runs a TypeScript program of ours with these arguments; does not return. */
export function handOver(program, args) {
  const file = join(ROOT, program);
  const packaged = join(ROOT, 'node_modules/.bin/node');
  const mayStay = isNewEnough() && existsSync(process.execPath);
  if (!mayStay && !existsSync(packaged)) {
    console.error(
      `Outgate must run on Node 24.9 or newer; this is ${process.version}, and there is no packaged Node for this platform`,
    );
    process.exit(2);
  }
  const node = mayStay ? process.execPath : packaged;
  // the same process under the same number: nothing stands between the program and its caller
  if (mayStay && process.execve !== undefined) process.execve(node, [node, file, ...args], process.env);
  // a group of its own: Ctrl-C in the terminal reaches us alone and is passed on once, to all that it started in its group,
  // as a terminal does: it may not pass it on
  const child = spawn(node, [file, ...args], { stdio: ['inherit', 'inherit', 'inherit', 'ipc'], detached: true });
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => passOn(name));
  const passOn = (name) => child.exitCode === null && child.signalCode === null && process.kill(-child.pid, name);
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
}

/** Ends the process with one sentence when this Node cannot even install the packages. */
export function requireNode20() {
  if (major() >= 20) return;
  console.error(`Outgate must be started with Node 20 or newer; this is ${process.version}`);
  process.exit(2);
}

function isNewEnough() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  return major > 24 || (major === 24 && minor >= 9);
}

const major = () => Number(process.versions.node.split('.')[0]);
