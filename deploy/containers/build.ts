/**
 * Does what a Dockerfile of ours says, without Docker: each stage is a directory, COPY copies, RUN runs.
 *
 * The base images are a Debian with Node 24, and so is the machine of a test; only commands that change the system itself
 * (`apt-get`, directories of the root) are left out and listed. A stage that begins with the same instructions as one
 * built before starts from it, as Docker's layers do.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Instruction, parseDockerfile } from './dockerfile.ts';

export interface Built {
  /** the last stage's WORKDIR */
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  /** CMD or ENTRYPOINT */
  readonly start: readonly string[];
  readonly leftOut: readonly string[];
}

export interface BuildOptions {
  /** the build context: a clean copy of the checkout */
  readonly context: string;
  /** an empty directory for the stages; the layers stay in it for the next build */
  readonly work: string;
  readonly name: string;
  /** directory of the node that stands for the image's */
  readonly nodeDir: string;
}

const CHANGES_SYSTEM = /^apt-get |^mkdir \//;
const FOLDERS_OF_NO_LAYER = 2; // FROM and WORKDIR

export function build(dockerfile: string, options: BuildOptions): Built {
  const stages = new Map<string, string>();
  const leftOut: string[] = [];
  let environment: Record<string, string> = {};
  let start: readonly string[] = [];
  let directory = '';
  let done: Instruction[] = [];
  for (const instruction of parseDockerfile(dockerfile)) {
    if (instruction.kind === 'from') {
      directory = join(options.work, options.name, instruction.stage);
      stages.set(instruction.stage, directory);
      mkdirSync(directory, { recursive: true });
      environment = {};
      done = [];
    }
    done.push(instruction);
    if (instruction.kind === 'copy') copy(instruction, directory, stages, options.context);
    else if (instruction.kind === 'env') environment = { ...environment, ...instruction.values };
    else if (instruction.kind === 'start') start = instruction.words;
    else if (instruction.kind === 'run') {
      if (CHANGES_SYSTEM.test(instruction.command)) leftOut.push(instruction.command);
      else runLayer(instruction.command, directory, layerFor(done, options), options);
    }
  }
  return { directory, environment, start, leftOut };
}

function copy(
  instruction: Instruction & { kind: 'copy' },
  directory: string,
  stages: ReadonlyMap<string, string>,
  context: string,
): void {
  const { from, sources, target } = instruction;
  for (const source of sources) {
    const path = from === null ? join(context, source) : join(stages.get(from) ?? '', source.replace(/^\/app\//, ''));
    const into = target === './' ? join(directory, source) : join(directory, target);
    if (from === null) cpSync(path, into, { recursive: true, verbatimSymlinks: true });
    else link(path, into);
  }
}

/** Hard links: packages are many and large, and no command of ours writes into a file that another stage made. */
function link(from: string, into: string): void {
  mkdirSync(dirname(into), { recursive: true });
  const { status, stderr } = spawnSync('cp', ['-a', '-l', '-f', '-T', from, into], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`cp of ${from} ended with ${status}: ${stderr}`);
}

/** Where the result of a stage's first command is kept for others that begin alike; null for later commands. */
function layerFor(done: readonly Instruction[], options: BuildOptions): string | null {
  const layers = done.slice(FOLDERS_OF_NO_LAYER);
  if (layers.length > 2) return null;
  return join(options.work, `layer-${createHash('sha256').update(JSON.stringify(layers)).digest('hex').slice(0, 16)}`);
}

function runLayer(command: string, directory: string, layer: string | null, options: BuildOptions): void {
  if (layer !== null && existsSync(layer)) {
    link(layer, directory);
    return;
  }
  // of this process's environment a build gets only where its programs and its caches are; what is cached is not asked for again
  const path = `PATH=${options.nodeDir}:${process.env['PATH'] ?? ''}`;
  const bare = ['-i', path, `HOME=${process.env['HOME'] ?? '/root'}`, 'CI=true', 'npm_config_prefer_offline=true'];
  const result = spawnSync('env', [...bare, 'sh', '-c', command], {
    cwd: directory,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (result.status !== 0)
    throw new Error(`${command} ended with ${result.status}:\n${result.stdout}\n${result.stderr}`);
  if (layer !== null) link(directory, layer);
}
