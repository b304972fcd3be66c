/** Takes the cluster's FelixConfigurations and node addresses into the live ledger. */
import type { Word } from '../../core/cluster/come-back.ts';
import { keepLastSettings, type LiveFelix, settingsOf } from '../../core/cluster/live-settings.ts';
import { settingsTaken } from '../../core/cluster/settings-taken.ts';
import { UNKNOWN_WRITER } from '../../core/cluster/writer.ts';
import { canonicalSettings, sameSettings } from '../../core/nat/canonical-settings.ts';
import { HOSTS_BEGIN, hostsMatter, revisionOf } from '../../core/wire/revision.ts';
import type { Database, Queryable } from '../db/client.ts';
import { type Live, lockLive, readLivePools, writeLiveChange } from '../db/live.ts';
import { readLiveFelixes, writeLiveFelixes } from '../db/live-felix.ts';
import { noticeText } from '../events/notice.ts';
import { isNewer } from './is-newer.ts';
import { stepsOf } from './settings-steps.ts';
import { type Moved, removedBy, type Told, tellerOf, type Untaken, untakenOf, wroteIn } from './settings-teller.ts';

export interface SeenSettings {
  readonly seen: readonly LiveFelix[];
  /** objects that are no more; the caller knows that the resource type still is */
  readonly gone: readonly Pick<LiveFelix, 'name' | 'uid'>[];
}

export type Hosts = () => readonly string[] | null;

/**
 * Stored as seen; where the NAT settings differ a live change says so, one for each writer and cause. An object whose settings
 * mean nothing (`40000:30000`) is stored and not taken over: what it said before stays in force, and a live change that moves nothing says so. `hosts`: canonical addresses of all nodes, asked
 * for under the lock: what is written last is then the newest, whoever waited longest for it. Null: they cannot be read, and
 * what was known of them stays.
 * Throws TermOver when `epoch` is not the current term. Returns whether what the cluster says is in force.
 */
export function mirrorSettings(
  db: Database,
  epoch: number,
  { hosts, ...seen }: SeenSettings & { readonly hosts: Hosts },
): Promise<boolean> {
  return db.transaction(async (tx) => {
    const live = await lockLive(tx, epoch);
    const known = hosts();
    const sorted = known === null ? live.hosts : [...new Set(known)].sort();
    const same = JSON.stringify(sorted) === JSON.stringify(live.hosts);
    return mirrorSettingsIn(tx, same ? live : await moveHosts(tx, live, sorted), seen);
  });
}

/** The same for a complete list: objects that it does not name are gone. */
export async function mirrorAllSettings(
  db: Database,
  epoch: number,
  { all, hosts }: { readonly all: readonly LiveFelix[]; readonly hosts: Hosts },
): Promise<boolean> {
  const listed = new Set(all.map(({ name }) => name));
  const gone = (await readLiveFelixes(db)).filter(({ name }) => !listed.has(name));
  return mirrorSettings(db, epoch, { seen: all, gone, hosts });
}

/** Within the caller's transaction, which holds the lock. */
export async function mirrorSettingsIn(tx: Queryable, live: Live, { seen, gone }: SeenSettings): Promise<boolean> {
  const known = new Map((await readLiveFelixes(tx)).map((felix) => [felix.name, felix]));
  const newer = seen
    .filter((felix) => isNewer(known.get(felix.name), felix))
    .map((felix) => keepLastSettings(known.get(felix.name), felix));
  const removed = gone.filter(({ name, uid }) => known.get(name)?.uid === uid).map(({ name }) => name);
  if (newer.length + removed.length > 0) {
    await writeLiveFelixes(tx, newer, removed);
    await tx.query(`SELECT pg_notify('outgate', $1)`, [noticeText({ kind: 'sync' })]);
  }
  const moves = [
    ...newer.map((after) => ({ name: after.name, before: known.get(after.name) ?? null, after })),
    ...removed.map((name) => ({ name, before: known.get(name) ?? null, after: null })),
  ];
  const now = new Map(known);
  let at = live;
  for (const { told, moves: together } of await byTeller(tx, live.word, moves)) {
    for (const { name, after } of together) {
      if (after === null) now.delete(name);
      else now.set(name, after);
    }
    const wrote = new Map(together.map((move) => [move.name, wroteIn(move)]));
    at = await settle(tx, at, now, { told, wrote });
  }
  // what was refused before may hold since: a pool moved
  if (moves.length === 0)
    at = await settle(tx, at, now, { told: { actor: UNKNOWN_WRITER, cause: null }, wrote: new Map() });
  at = await writeUntaken(tx, at, await untakenOf(tx, moves, { before: live.settings, after: at.settings }));
  return sameSettings(canonicalSettings(settingsOf(now.values())), at.settings);
}

/** Thousands of nodes may have an object each: what one writer did for one reason is one change, as with pools. */
async function byTeller(
  tx: Queryable,
  word: Word | null,
  moves: readonly Moved[],
): Promise<Iterable<{ told: Told; moves: Moved[] }>> {
  const groups = new Map<string, { told: Told; moves: Moved[] }>();
  for (const move of moves) {
    const told = move.after === null ? removedBy(move.name, word) : await tellerOf(tx, { ...move, after: move.after });
    const key = JSON.stringify([told.actor, told.cause]);
    const group = groups.get(key) ?? { told, moves: [] };
    group.moves.push(move);
    groups.set(key, group);
  }
  return groups.values();
}

/** What nobody of `wrote` wrote comes into force with it all the same, and is told as steps of its own. */
async function settle(
  tx: Queryable,
  live: Live,
  objects: ReadonlyMap<string, LiveFelix>,
  by: Pick<Parameters<typeof stepsOf>[1], 'told' | 'wrote'>,
): Promise<Live> {
  const said = canonicalSettings(settingsOf(objects.values()));
  if (sameSettings(said, live.settings)) return live;
  const pools = (await readLivePools(tx)).flatMap(({ pool }) => pool ?? []);
  const after = settingsTaken(said, live.settings, pools);
  if (sameSettings(after, live.settings)) return live;
  let at = live;
  for (const { settings, ...told } of await stepsOf(tx, { ...by, before: live.settings, after, objects })) {
    // agents and caches follow the log: addresses that begin to matter must stand in it first
    const ready =
      hostsMatter(settings) && !hostsMatter(at.settings)
        ? await write(tx, at, { action: 'hosts.update', actor: told.actor, reason: HOSTS_BEGIN })
        : at;
    at = await write(tx, { ...ready, settings }, { action: 'settings.update', ...told, before: at.settings });
  }
  return at;
}

/** Nothing in force moves: who wrote what is not taken is all that there is to say, once for as many objects as it is the same. */
async function writeUntaken(tx: Queryable, live: Live, untaken: readonly Untaken[]): Promise<Live> {
  let at = live;
  for (const { actor, reason } of untaken) {
    at = await write(tx, at, { action: 'settings.update', actor, before: at.settings, reason });
  }
  return at;
}

/** Like a change of settings it is one only where it changes NAT. */
async function moveHosts(tx: Queryable, live: Live, hosts: readonly string[]): Promise<Live> {
  if (hostsMatter(live.settings)) {
    return write(tx, { ...live, hosts }, { action: 'hosts.update', actor: UNKNOWN_WRITER, before: live.hosts });
  }
  await tx.query('UPDATE live SET hosts = $1::jsonb WHERE id = 1', [JSON.stringify(hosts)]);
  return { ...live, hosts };
}

async function write(
  tx: Queryable,
  live: Live,
  {
    action,
    actor,
    before = null,
    cause = null,
    reason = null,
  }: {
    action: 'settings.update' | 'hosts.update';
    actor: string;
    before?: unknown;
    cause?: number | null;
    reason?: string | null;
  },
): Promise<Live> {
  const sequence = live.sequence + 1;
  const next = { ...live, sequence, revision: revisionOf(live.poolSum, live.settings, live.hosts) };
  const hosts = action === 'hosts.update';
  await writeLiveChange(tx, {
    next,
    actor,
    action,
    pools: [],
    before: hosts ? { hosts: before ?? [] } : before,
    after: hosts ? { hosts: live.hosts } : live.settings,
    cause,
    reason,
    notice: noticeText({ kind: 'live', sequence }),
  });
  return next;
}
