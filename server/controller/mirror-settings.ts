/** Takes the cluster's NAT settings and node addresses into the live ledger. */
import { type LiveFelix, settingsOf } from '../../core/cluster/live-settings.ts';
import { UNKNOWN_WRITER } from '../../core/cluster/writer.ts';
import { validateSettings } from '../../core/nat/validate-settings.ts';
import type { Violation } from '../../core/pool/spec.ts';
import { hostsMatter, revisionOf } from '../../core/wire/revision.ts';
import type { Database, Queryable } from '../db/client.ts';
import { type Live, lockLive, readLivePools, writeLiveChange } from '../db/live.ts';
import { noticeText } from '../events/notice.ts';
import { canonicalSettings, sameSettings } from '../services/settings/canonical-settings.ts';

export interface SeenSettings {
  readonly felix: readonly LiveFelix[];
  /** canonical addresses of all nodes */
  readonly hosts: readonly string[];
}

/**
 * Settings that would stop Felix are not taken over: those before stay in force, and what is wrong is returned. Throws
 * TermOver when `epoch` is not the current term.
 */
export function mirrorSettings(db: Database, epoch: number, { felix, hosts }: SeenSettings): Promise<Violation[]> {
  return db.transaction(async (tx) => {
    let live = await lockLive(tx, epoch);
    const sorted = [...new Set(hosts)].sort();
    if (JSON.stringify(sorted) !== JSON.stringify(live.hosts)) live = await moveHosts(tx, live, sorted);
    const settings = canonicalSettings(settingsOf(felix));
    if (sameSettings(settings, live.settings)) return [];
    const pools = (await readLivePools(tx)).flatMap(({ pool }) => pool ?? []);
    const violations = validateSettings(settings, pools);
    if (violations.length > 0) return violations;
    // agents and caches follow the log: addresses that begin to matter must stand in it first
    if (hostsMatter(settings) && !hostsMatter(live.settings))
      live = await write(tx, live, 'hosts.update', UNKNOWN_WRITER);
    await write(tx, { ...live, settings }, 'settings.update', newestWriter(felix), live.settings);
    return [];
  });
}

/** Like a change of settings it is one only where it changes NAT. */
async function moveHosts(tx: Queryable, live: Live, hosts: readonly string[]): Promise<Live> {
  if (hostsMatter(live.settings)) return write(tx, { ...live, hosts }, 'hosts.update', UNKNOWN_WRITER, live.hosts);
  await tx.query('UPDATE live SET hosts = $1::jsonb WHERE id = 1', [JSON.stringify(hosts)]);
  return { ...live, hosts };
}

async function write(
  tx: Queryable,
  live: Live,
  action: 'settings.update' | 'hosts.update',
  actor: string,
  before: unknown = null,
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
    cause: null,
    notice: noticeText({ kind: 'live', sequence }),
  });
  return next;
}

function newestWriter(felix: readonly LiveFelix[]): string {
  const claims = felix.flatMap((one) => one.claims);
  const newest = claims.reduce<(typeof claims)[number] | null>(
    (best, claim) => (best === null || (claim.at ?? '') >= (best.at ?? '') ? claim : best),
    null,
  );
  return newest?.manager ?? UNKNOWN_WRITER;
}
