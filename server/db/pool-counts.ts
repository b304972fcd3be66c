/** How many pools there are in the cluster, whose they are, and how ours stand there: every page asks, and most often nothing moved. */
import { type LivePool, unreadableOf } from '../../core/cluster/live-pool.ts';
import type { SyncState } from '../../core/cluster/sync-state.ts';
import type { Database, Queryable } from './client.ts';
import { readLeaving } from './leaving.ts';
import { readHeldFast } from './let-go.ts';
import { byState } from './sync.ts';

export interface PoolCounts {
  /** our pools; one that the controller has not come to since its last change is Pending */
  readonly sync: Record<SyncState, number>;
  /** those of the cluster by who owns them, whether our database has one of that name, and whether they are being deleted */
  readonly owners: readonly {
    readonly class: LivePool['ownership']['class'];
    readonly ours: boolean;
    /** they wait there for a finalizer, or were deleted here and are there still */
    readonly deleting: boolean;
    /** they were deleted here, and the cluster refuses it */
    readonly refused: boolean;
    readonly count: number;
    /** of them Calico reads nothing: they decide nothing */
    readonly unreadable: number;
  }[];
  /** those that are done with here, and where the cluster refuses what follows */
  readonly refused: {
    /** it does not delete the object */
    readonly deletion: number;
    /** it does not take our name from the object, which stays */
    readonly release: number;
  };
}

interface Counted {
  readonly stand: string;
  readonly counts: PoolCounts;
}

/** By database: what was counted last, or is being counted. */
const counted = new WeakMap<Database, Promise<Counted>>();

/** As it is now: counted again where anything of it was written since, and once for all who ask meanwhile. */
export async function countPools(db: Database): Promise<PoolCounts> {
  const stand = await readStand(db);
  const before = counted.get(db);
  const known = await before?.catch(() => null);
  if (known?.stand === stand) return known.counts;
  let now = counted.get(db);
  // what somebody else began since is of a later moment than what we asked for
  if (now === undefined || now === before) {
    now = count(db);
    counted.set(db, now);
  }
  return (await now).counts;
}

/** Pools of ours move with the change that is written with them; what the leader writes moves its own number. */
async function readStand(db: Queryable): Promise<string> {
  const [row] = await db.query<{ stand: string }>(
    `SELECT concat_ws(' ', d.sequence, l.epoch, l.stand) AS stand FROM desired d, live l WHERE d.id = 1 AND l.id = 1`,
    [],
    'read-stand',
  );
  return row?.stand ?? '';
}

function count(db: Database): Promise<Counted> {
  return db.transaction(async (tx) => {
    await tx.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const stand = await readStand(tx);
    const states = await tx.query<{ state: SyncState; count: string }>(
      `SELECT CASE WHEN sync.state = 'Synced' AND sync.applied_version < pool.sequence THEN 'Pending'
         ELSE coalesce(sync.state, 'Pending') END AS state, count(*) AS count
       FROM pool LEFT JOIN sync ON sync.name = pool.name GROUP BY 1`,
    );
    const leaving = await readLeaving(tx);
    const heldFast = await readHeldFast(tx);
    const refused = [...leaving].flatMap(([name, { refused }]) => (refused === null ? [] : [name]));
    const owners = await tx.query<Omit<PoolCounts['owners'][number], 'unreadable'> & { doubtful: Doubtful[] }>(
      `SELECT l.object->'ownership'->>'class' AS class, p.name IS NOT NULL AS ours,
         (l.object->>'deleting')::boolean OR l.name = ANY($1::text[]) AS deleting, l.name = ANY($2::text[]) AS refused,
         count(*)::int AS count,
         coalesce(jsonb_agg(l.object - 'claims') FILTER (WHERE NOT coalesce(${SURELY_READABLE}, false)), '[]') AS doubtful
       FROM live_pool l LEFT JOIN pool p ON p.name = l.name GROUP BY 1, 2, 3, 4`,
      [[...leaving.keys()], refused],
    );
    return {
      stand,
      counts: {
        sync: byState(states),
        owners: owners.map(({ doubtful, ...one }) => ({
          ...one,
          unreadable: doubtful.filter((live) => unreadableOf(live)?.followed === false).length,
        })),
        refused: {
          deletion: refused.length,
          release: [...heldFast.keys()].filter((name) => !leaving.has(name)).length,
        },
      },
    };
  });
}

type Doubtful = Pick<LivePool, 'pool' | 'lastGood' | 'problems'>;

const CIDR = `(l.object->'pool'->'spec'->>'cidr')`;

/** A CIDR as it is written nearly everywhere: all other objects are looked at one by one, as nodes read them. */
const SURELY_READABLE = `CASE WHEN pg_input_is_valid(${CIDR}, 'inet')
  THEN ${CIDR}::inet::text = ${CIDR} AND ${CIDR} LIKE '%/%' AND ${CIDR} NOT LIKE '%:%.%' END`;
