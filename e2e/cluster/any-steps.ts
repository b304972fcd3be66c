/** What operators, others in the cluster and leaders do to two pools, each by its name. */
import { setTimeout } from 'node:timers/promises';
import { expect } from 'vitest';
import type { PoolField } from '../../core/cluster/compare.ts';
import type { Random } from '../../core/nat/fixtures/random.ts';
import type { PoolSpec } from '../../core/pool/spec.ts';
import type { Versioned } from '../../server/controller/is-newer.ts';
import { readLivePools } from '../../server/db/live.ts';
import { adoptPools } from '../../server/services/cluster/adopt-pools.ts';
import { comparePool } from '../../server/services/cluster/compare-pool.ts';
import { type Resolution, resolvePool, setPolicy } from '../../server/services/cluster/resolve-pool.ts';
import { soon } from '../../server/testing/soon.ts';
import { editor } from '../../server/testing/test-api.ts';
import { endsBeforeNoting } from './ends-before-noting.ts';
import { type ledTerms, POOLS } from './led-terms.ts';
import { request } from './request.ts';

const reason = 'in any order';
const cidrs = { a: '10.1.0.0/16', b: '10.2.0.0/16' };
type Name = keyof typeof cidrs;
export const anyName = (random: Random): Name => random.pick(['a', 'b']);
const anySpec = (random: Random, name: Name) => ({
  cidr: cidrs[name],
  natOutgoing: random.chance(0.5),
  ...(random.chance(0.5) ? { disabled: random.chance(0.5) } : {}),
  ...(random.chance(0.3) ? { allowedUses: anyUses(random) } : {}),
});
const anyUses = (random: Random): PoolSpec['allowedUses'] =>
  random.pick([['Workload'], ['Tunnel'], ['Tunnel', 'Workload']]);
/** null takes the field away */
const anyPart = (random: Random) => {
  const natOutgoing = random.pick([true, false, false, null]);
  const disabled = random.pick([true, false, null]);
  return random.pick<object>([
    { natOutgoing },
    { disabled },
    { natOutgoing, disabled },
    { allowedUses: anyUses(random) },
    { natOutgoing, allowedUses: anyUses(random) },
  ]);
};
const releasable = ['natOutgoing', 'disabled'] as const satisfies readonly PoolField[];

export function anySteps(site: ReturnType<typeof ledTerms>) {
  const admin = () => site.server.as('admin');
  const version = async (name: Name) => (await site.api.caller('editor').pools.get({ name })).version;

  async function sendAndEnd(name: Name): Promise<void> {
    if (site.leading === undefined) await endsBeforeNoting(site, name);
  }

  /** The leader, where there is one, has heard all that the cluster has, and has nothing to do. */
  const quiet = async (): Promise<void> => {
    const { db } = site.api.database;
    const standing = async (): Promise<string> => {
      const { items } = (await request(admin(), 'GET', POOLS)).body as { items: { metadata: Versioned }[] };
      const there = items.map(({ metadata: { uid, resourceVersion } }) => `${uid} ${resourceVersion}`);
      const known = (await readLivePools(db)).map(({ uid, resourceVersion }) => `${uid} ${resourceVersion}`);
      expect(known).toEqual(there);
      expect(site.leading?.queued()).toBe(0);
      return JSON.stringify(await db.query('SELECT stand FROM live'));
    };
    if (site.leading === undefined) return;
    await soon(async () => {
      const before = await standing();
      await setTimeout(20);
      expect(await standing()).toBe(before);
    });
  };

  const resolve = async (name: Name, choice: Resolution['choice'], field?: PoolField) => {
    const { version: expectedVersion, seen } = await comparePool(site.deps, name);
    await resolvePool(site.deps, editor, { name, choice, expectedVersion, reason, seen, ...(field ? { field } : {}) });
  };

  const steps: Record<string, (random: Random, name: Name) => Promise<unknown>> = {
    lead: async () => site.leading ?? site.begin(),
    leave: () => site.end(),
    /** another one leads, and the one before finds that out by itself */
    steal: async () => {
      const before = site.leading;
      await site.begin();
      await before?.stop();
      site.errors.splice(0, Number.POSITIVE_INFINITY, ...site.errors.filter((error) => error !== 'term over'));
    },
    settle: quiet,
    leaveSettled: () => quiet().then(site.end),
    create: (random, name) => site.api.caller('editor').pools.create({ name, spec: anySpec(random, name) }),
    update: async (random, name) => {
      const { spec: shown, version: expectedVersion } = await site.api.caller('editor').pools.get({ name });
      return site.api.caller('editor').pools.update({ name, spec: anySpec(random, name), expectedVersion, shown });
    },
    importBoth: (random) =>
      site.api.caller('editor').pools.import({
        yaml: (['a', 'b'] as const)
          .map(
            (name) =>
              `apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata: {name: ${name}}\nspec: ${JSON.stringify(anySpec(random, name))}\n`,
          )
          .join('---\n'),
      }),
    edit: (random, name) =>
      request(admin(), 'PATCH', `${POOLS}/${name}?fieldManager=${random.pick(['kubectl-edit', 'nightly-job'])}`, {
        spec: anyPart(random),
      }),
    make: (random, name) =>
      request(admin(), 'POST', `${POOLS}?fieldManager=kubectl-create`, {
        apiVersion: 'projectcalico.org/v3',
        kind: 'IPPool',
        metadata: { name },
        spec: anySpec(random, name),
      }),
    unmake: (_, name) => request(admin(), 'DELETE', `${POOLS}/${name}`),
    remove: async (_, name) =>
      site.api.caller('admin').pools.delete({ name, expectedVersion: await version(name), reason }),
    adopt: (_, name) => adoptPools(site.deps, editor, { names: [name], reason }),
    force: (_, name) => resolve(name, 'ours'),
    theirs: (_, name) => resolve(name, 'theirs'),
    release: (_, name) => resolve(name, 'release'),
    releaseField: (random, name) => resolve(name, 'release-field', random.pick(releasable)),
    decideField: (random, name) => resolve(name, 'decide-field', random.pick(releasable)),
    policy: async (random, name) =>
      setPolicy(site.deps, editor, {
        name,
        policy: random.pick(['ask', 'enforce']),
        expectedVersion: await version(name),
        reason,
      }),
    sendAndEnd: (_, name) => sendAndEnd(name),
  };
  /** what brings a story forward comes more often */
  const turns: [string, ...string[]] = [
    'lead',
    ...Object.keys(steps),
    ...['lead', 'settle', 'settle', 'settle', 'leaveSettled', 'sendAndEnd', 'create', 'make', 'adopt'],
    ...['update', 'update', 'edit', 'edit', 'edit', 'force', 'force', 'theirs'],
  ];
  return { steps, turns, quiet };
}
