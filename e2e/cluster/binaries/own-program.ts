/** Small Go programs of ours that tests ask: built into our cache by Go modules, anew when their sources change. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { alone, buildInto } from './build.ts';
import { cacheOfPrograms, executable } from './find.ts';
import { findGo } from './go.ts';
import { versionIn } from './versions.ts';

export type OwnProgram =
  | { readonly found: true; readonly path: string }
  /** `why` says how to get what is missing */
  | { readonly found: false; readonly why: string };

/** That of the module in this folder, which it is called by. `purpose`: what it is needed to do; `cold`: how long its first build takes. */
export async function ownProgram(
  module: string,
  { purpose, cold }: { readonly purpose: string; readonly cold: string },
): Promise<OwnProgram> {
  const sources = readdirSync(module)
    .sort()
    .map((name) => readFileSync(join(module, name), 'utf8'));
  const version = createHash('sha256').update(sources.join('\0')).digest('hex').slice(0, 16);
  const name = basename(module);
  const folder = join(dirname(cacheOfPrograms(process.env)), name);
  const file = `${version}-${process.platform}-${process.arch}`;
  const path = join(folder, file);
  if (executable(path) !== null) return { found: true, path };
  const go = await findGo(versionIn(readFileSync(join(module, 'go.mod'), 'utf8'), 'a version of go', /^go (\S+)/m));
  if (!go.usable) return { found: false, why: `to ${purpose}, ${go.problem} - install Go` };
  const say = (line: string): void => console.error(line);
  await alone(folder, name, say, async () => {
    if (executable(path) !== null) return;
    await buildInto(folder, [{ name: file, package: '.', module, flags: '-s -w' }], { say, cold });
  });
  return { found: true, path };
}

/** Tests that need it. Where it is not to be had one is skipped in their place, which is a failure in CI. */
export function testsWith(program: OwnProgram, tests: (path: string) => void): void {
  if (program.found) tests(program.path);
  else if (process.env['CI'] === 'true') test('needs Go', () => expect.fail(program.why));
  else test.skip(program.why);
}
