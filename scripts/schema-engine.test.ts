import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Embedded, startEmbedded } from '../server/db/embedded.ts';
import { ROOT } from './supervisor/paths.ts';

let dir: string;
let database: Embedded;

const prisma = async (...args: string[]) => {
  const env = { ...process.env, DATABASE_URL: database.url, CHECKPOINT_DISABLE: '1' };
  const command = join(ROOT, 'node_modules/.bin/prisma');
  return promisify(execFile)(command, args, { cwd: ROOT, env }).then(
    ({ stdout }) => ({ code: 0, output: stdout }),
    (error) => ({ code: error.code as number, output: `${error.stdout}${error.stderr}` }),
  );
};

describe('prisma migrate over the WebAssembly engine', () => {
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'outgate-prisma-'));
    database = await startEmbedded(dir, { fsync: 'off' });
  });
  afterAll(async () => {
    await database.stop();
    await rm(dir, { recursive: true, force: true });
  });

  test('deploy applies the migrations, and then there is nothing left to apply', async () => {
    expect(await prisma('migrate', 'deploy')).toMatchObject({ code: 0 });
    const status = await prisma('migrate', 'status');
    expect(status.output).toContain('Database schema is up to date');
    expect(status.code).toBe(0);
  });

  test('the migrations lead to the schema: a shadow database finds no difference', async () => {
    const args = ['migrate', 'diff', '--from-migrations', 'prisma/migrations', '--to-schema', 'prisma/schema.prisma'];
    const { output } = await prisma(...args);
    // Prisma always wants to make an index anew whose operator class it only knows by its raw name
    const lines = output.split('\n').filter((line) => /^\s*\[[-+*]\]/.test(line));
    expect(lines.filter((line) => !line.endsWith('index on columns (cidr)'))).toEqual(['[*] Changed the `pool` table']);
  });

  test('a difference is told', async () => {
    const diff = await prisma('migrate', 'diff', '--from-empty', '--to-schema', 'prisma/schema.prisma', '--script');
    expect(diff.output).toContain('CREATE TABLE "change"');
  });
});
