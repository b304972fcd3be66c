/**
 * Brings a database to the schema of prisma/migrations, as `prisma migrate deploy` would: the same table records what was
 * applied, the same advisory lock keeps several starting servers apart.
 */
import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';

/** The advisory lock that `prisma migrate` itself takes. */
const LOCK = 72_707_369;

const DDL = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id VARCHAR(36) PRIMARY KEY NOT NULL, checksum VARCHAR(64) NOT NULL, finished_at TIMESTAMPTZ,
  migration_name VARCHAR(255) NOT NULL, logs TEXT, rolled_back_at TIMESTAMPTZ,
  started_at TIMESTAMPTZ NOT NULL DEFAULT now(), applied_steps_count INTEGER NOT NULL DEFAULT 0)`;

export interface Migrated {
  /** names of the migrations that this call applied, in order */
  readonly applied: readonly string[];
}

/**
 * Applies what is missing, as the user of `url` (who owns the tables). Throws an Error when a migration fails (nothing of it
 * is left, the next call tries again), and when an earlier one was left half-way by `prisma migrate`, was edited after it
 * was applied, or is unknown to this version (the database is newer than the program).
 */
export async function migrate(url: string, dir = migrationsDir()): Promise<Migrated> {
  const client = new pg.Client({ connectionString: url, application_name: 'outgate-migrate' });
  client.on('error', () => {}); // lost between two queries: the next one fails and says so
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [LOCK]); // released with the connection
    await client.query(DDL);
    const files = await readMigrations(dir);
    const done = await appliedIn(client);
    check(files, done);
    const applied: string[] = [];
    for (const file of files) {
      if (done.has(file.name)) continue;
      await apply(client, file);
      applied.push(file.name);
    }
    return { applied };
  } finally {
    await client.end();
  }
}

interface MigrationFile {
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

const migrationsDir = (): string => fileURLToPath(new URL('../../prisma/migrations', import.meta.url));

async function readMigrations(dir: string): Promise<MigrationFile[]> {
  const entries = await readdir(dir, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => {
      const sql = await readFile(join(dir, name, 'migration.sql'), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

/** Checksums by name. */
async function appliedIn(client: pg.Client): Promise<Map<string, string>> {
  const { rows } = await client.query<{ migration_name: string; checksum: string; finished_at: Date | null }>(
    'SELECT migration_name, checksum, finished_at FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY started_at',
  );
  const failed = rows.find((row) => row.finished_at === null);
  if (failed !== undefined) {
    throw new Error(
      `migration ${failed.migration_name} failed before: it must be resolved first (prisma migrate resolve)`,
    );
  }
  return new Map(rows.map((row) => [row.migration_name, row.checksum]));
}

function check(files: readonly MigrationFile[], done: ReadonlyMap<string, string>): void {
  const known = new Map(files.map((file) => [file.name, file.checksum]));
  for (const [name, checksum] of done) {
    if (!known.has(name)) throw new Error(`the database is newer than this version: it holds migration ${name}`);
    if (known.get(name) !== checksum) throw new Error(`migration ${name} must not be edited after it was applied`);
  }
}

/**
 * The script and its row are one transaction: a server that is killed in between, or whose database is, leaves nothing, and
 * the next start begins anew. A script must not hold a transaction of its own, nor what cannot be in one.
 */
async function apply(client: pg.Client, { name, sql, checksum }: MigrationFile): Promise<void> {
  try {
    await client.query('BEGIN');
    await client.query(sql);
    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
       VALUES ($1, $2, $3, now(), clock_timestamp(), 1)`,
      [randomUUID(), checksum, name],
    );
    await client.query('COMMIT');
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    await client.query('ROLLBACK').catch(() => {}); // where the connection is lost it is rolled back already
    throw new Error(`migration ${name} failed: ${message}`, { cause: error });
  }
}
