import { execFile } from 'node:child_process';
import { chmod, cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findBinaries } from './embedded-binaries.ts';
import { runAs } from './embedded-user.ts';

let dir: string;
let umask: number;
beforeEach(async () => {
  umask = process.umask(0o077);
  dir = await mkdtemp(join(tmpdir(), 'outgate-binaries-'));
});
afterEach(async () => {
  process.umask(umask);
  await rm(dir, { recursive: true, force: true });
});

// Only root hands PostgreSQL to another user; for everybody else the package is where they are.
it.runIf(process.getuid?.() === 0)('a package that nobody can reach is copied to where it can run', async () => {
  const nobody = await runAs(join(dir, 'no-data-yet'));
  const source = join((await findBinaries(nobody)).postgres, '../../..');
  const hidden = join(dir, 'checkout');
  await cp(source, hidden, { recursive: true, verbatimSymlinks: true });
  await chmod(hidden, 0o700);
  await chmod(dir, 0o711);
  const cache = join(dir, 'cache');
  const { postgres, initdb } = await findBinaries(nobody, join(hidden, 'native'), cache);
  for (const program of [postgres, initdb]) {
    expect(program.startsWith(cache)).toBe(true);
    expect((await promisify(execFile)(program, ['--version'], { ...nobody.ids, cwd: '/' })).stdout).toContain(' 18.');
  }
  const again = await findBinaries(nobody, join(hidden, 'native'), cache);
  expect(again.postgres).toBe(postgres);
  expect(await readdir(cache)).toHaveLength(1);
});
