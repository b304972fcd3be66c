/**
 * What `docker compose config` makes of a file, without Docker: the program beside this is built once into our cache, by Go
 * modules. Cold that takes half a minute of one core, afterwards nothing.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder } from '../../e2e/cluster/binaries/find.ts';
import { findGo, GO_ENVIRONMENT } from '../../e2e/cluster/binaries/go.ts';

const MODULE = join(import.meta.dirname, 'compose-config');
const call = promisify(execFile);

export type Program = { readonly found: true; readonly path: string } | { readonly found: false; readonly why: string };

/** The program, built when it is absent; `why` says how to get what is missing. */
export async function composeConfig(): Promise<Program> {
  const sources = ['go.mod', 'go.sum', 'main.go'].map((name) => readFileSync(join(MODULE, name), 'utf8'));
  const version = createHash('sha256').update(sources.join('\0')).digest('hex').slice(0, 16);
  const path = join(
    dirname(dirname(cacheFolder())),
    'compose-config',
    `${version}-${process.platform}-${process.arch}`,
  );
  if (existsSync(path)) return { found: true, path };
  const needed = /^go (\d+\.\d+)/m.exec(sources[0] ?? '')?.[1] ?? '';
  const go = await findGo(needed);
  if (!go.usable) return { found: false, why: `to check docker-compose.yml, ${go.problem} - install Go` };
  mkdirSync(dirname(path), { recursive: true });
  // under its name only when it is complete: another run may look, or build, at the same time
  const part = `${path}.${process.pid}.part`;
  const env = { ...process.env, ...GO_ENVIRONMENT };
  await call('nice', ['-n', '10', 'go', 'build', '-ldflags', '-s -w', '-o', part, '.'], { cwd: MODULE, env });
  renameSync(part, path);
  return { found: true, path };
}
