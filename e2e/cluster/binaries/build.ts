/**
 * Builds what is absent into our cache, once: through Go modules, checked by go.sum. Cold this takes seven to fifteen minutes
 * on two cores, with Go's own cache warm some seconds. Each program appears under its name only when it is complete, and two
 * runs do not build at the same time: the second waits and finds what the first made.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { takeLock } from '../../../scripts/supervisor/machine-lock.ts';
import { type Binaries, type Environment, type Found, findBinaries } from './find.ts';
import { findGo, GO_ENVIRONMENT } from './go.ts';
import { MODULE, ourVersions, PROGRAMS, type Versions } from './versions.ts';

/** Every `SAY_EVERY_MS` one line goes to `say` while it builds. */
const SAY_EVERY_MS = 20_000;
const LOOK_AGAIN_MS = 500;

export type Say = (line: string) => void;

/** Paths of the programs, built when they are absent. Throws with what is missing and how to get it. */
export async function ensureBinaries(say: Say): Promise<Binaries> {
  const missing = await missingForCluster();
  if (missing.length > 0) throw new Error(missing.join('; '));
  const found = findBinaries();
  if (found.found) return found.binaries;

  await alone(found.folder, 'the API server', say, async () => {
    const now = findBinaries();
    if (!now.found) await build(now, say);
  });
  const built = findBinaries();
  if (!built.found) throw new Error(`${built.absent.join(' and ')} must be in ${built.folder} after the build`);
  return built.binaries;
}

/** Runs `work` when no other run builds into `folder`; until then it waits. */
export async function alone(folder: string, what: string, say: Say, work: () => Promise<void>): Promise<void> {
  const name = `outgate-build-${createHash('sha256').update(folder).digest('hex').slice(0, 16)}`;
  let lock = await takeLock(name);
  if (lock === null) say(`another run builds ${what}; waiting for it`);
  while (lock === null) {
    await sleep(LOOK_AGAIN_MS);
    lock = await takeLock(name);
  }
  try {
    await work();
  } finally {
    await lock.release();
  }
}

/** One sentence when there are neither programs nor a way to build them; empty when the tests can run. */
export async function missingForCluster(env: Environment = process.env): Promise<string[]> {
  const found = findBinaries(env);
  if (found.found) return [];
  const absent = found.absent.join(' and ');
  if (!found.buildable)
    return [`KUBEBUILDER_ASSETS=${found.folder} must hold kube-apiserver and etcd; it lacks ${absent}`];
  const { go: needed, kubernetes } = ourVersions();
  const go = await findGo(needed, env);
  if (go.usable) return [];
  const ways = 'install Go, or set KUBEBUILDER_ASSETS to a folder that holds kube-apiserver and etcd';
  return [`the cluster tests need ${absent} (Kubernetes ${kubernetes}); to build them, ${go.problem} - ${ways}`];
}

async function build({ folder, absent }: Extract<Found, { found: false }>, say: Say): Promise<void> {
  const flags = linkerFlags(ourVersions());
  const programs = PROGRAMS.filter(({ name }) => absent.includes(name));
  await buildInto(
    folder,
    programs.map((program) => ({ ...program, module: MODULE, flags })),
    {
      say,
      cold: 'up to fifteen minutes',
    },
  );
}

export interface Target {
  /** of the file */
  readonly name: string;
  readonly package: string;
  /** folder of the go.mod */
  readonly module: string;
  /** for the linker */
  readonly flags: string;
}

/** Each program appears under its name only when it is complete. `cold`: how long it takes with an empty cache of Go's. */
export async function buildInto(
  folder: string,
  targets: readonly Target[],
  { say, cold }: { readonly say: Say; readonly cold: string },
): Promise<void> {
  mkdirSync(folder, { recursive: true });
  // what a killed build left; nobody else builds now
  for (const file of readdirSync(folder)) if (file.endsWith(PART)) rmSync(join(folder, file));
  const began = Date.now();
  const names = targets.map(({ name }) => name).join(', ');
  say(`building ${names} into ${folder} (once; cold ${cold} on two cores)`);
  for (const target of targets) {
    const part = join(folder, `${target.name}${PART}`);
    await goBuild(target, part, say);
    renameSync(part, join(folder, target.name));
  }
  say(`built in ${Math.round((Date.now() - began) / 1000)} s`);
}

const PART = '.part';

/** `-v` names each package as it is compiled: that is the progress. Other lines are errors, and go into ours. */
async function goBuild(program: Target, file: string, say: Say): Promise<void> {
  const env = { ...process.env, ...GO_ENVIRONMENT };
  const args = ['build', '-v', '-ldflags', program.flags, '-o', file, program.package];
  const child = spawn('nice', ['-n', '10', 'go', ...args], {
    cwd: program.module,
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let compiled = 0;
  const errors: string[] = [];
  createInterface(child.stderr).on('line', (line) => {
    if (/^[\w.~/-]+$/.test(line)) compiled++;
    else if (!line.startsWith('go: downloading ')) errors.push(line);
  });
  const timer = setInterval(() => say(`${program.name}: ${compiled} packages compiled`), SAY_EVERY_MS);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  }).finally(() => clearInterval(timer));
  if (code === 0) return;
  throw new Error(`go build of ${program.package} ended with ${code}:\n${errors.slice(-20).join('\n')}`);
}

/** Without its version the server calls itself v0.0.0 and behaves like that. */
function linkerFlags({ kubernetes }: Versions): string {
  const [major = '', minor = ''] = kubernetes.slice(1).split('.');
  const set = (name: string, value: string): string => `-X k8s.io/component-base/version.${name}=${value}`;
  return ['-s -w', set('gitVersion', kubernetes), set('gitMajor', major), set('gitMinor', minor)].join(' ');
}

if (import.meta.main) {
  try {
    console.log((await ensureBinaries((line) => console.error(line))).kubeApiserver);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(1);
  }
}
