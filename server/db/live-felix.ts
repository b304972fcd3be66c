/** The FelixConfigurations of the cluster as they were last seen. */
import { type Remembered, rememberedOf } from '../../core/cluster/come-back.ts';
import type { LiveFelix } from '../../core/cluster/live-settings.ts';
import type { Queryable } from './client.ts';

/** All, or those of these names, in the order of names. */
export async function readLiveFelixes(db: Queryable, names?: readonly string[]): Promise<LiveFelix[]> {
  const rows = await db.query<{ object: LiveFelix }>(
    'SELECT object FROM live_felix WHERE $1::text[] IS NULL OR name = ANY($1) ORDER BY name',
    [names ?? null],
  );
  return rows.map(({ object }) => object);
}

/** Those with which pools can stop Felix: of thousands of single nodes that set something else none is read. */
export async function readStoppingFelixes(db: Queryable): Promise<LiveFelix[]> {
  const rows = await db.query<{ object: LiveFelix }>(
    `SELECT object FROM live_felix WHERE object->'settings' ? 'natOutgoingAddress' OR object->>'nftablesMode' IS NOT NULL
     ORDER BY name`,
    [],
  );
  return rows.map(({ object }) => object);
}

/** All that were there, and as known those that say something about NAT: without them it would be otherwise. */
export async function rememberedSettings(db: Queryable): Promise<Remembered> {
  const rows = await db.query<{ name: string; uid: string; known: boolean }>(
    `SELECT name, uid, jsonb_typeof(object->'settings') = 'object' AND object->'settings' <> '{}' AS known
     FROM live_felix ORDER BY name`,
    [],
  );
  return rememberedOf(rows);
}

/** The caller holds the lock of the live row. */
export async function writeLiveFelixes(
  tx: Queryable,
  seen: readonly LiveFelix[],
  gone: readonly string[],
): Promise<void> {
  await tx.query(
    `WITH removed AS (
       DELETE FROM live_felix WHERE name = ANY($1::text[])
     )
     INSERT INTO live_felix (name, uid, resource_version, object)
     SELECT o->>'name', o->>'uid', o->>'resourceVersion', o FROM jsonb_array_elements($2::jsonb) AS o
     ON CONFLICT (name) DO UPDATE
       SET uid = excluded.uid, resource_version = excluded.resource_version, object = excluded.object, seen_at = now()`,
    [gone, JSON.stringify(seen)],
    'write-live-felixes',
  );
}
