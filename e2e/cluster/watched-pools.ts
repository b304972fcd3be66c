/** A watch of the pools, through a proxy that can break it, on an API server that is the file's own. */
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import type { Remembered } from '../../core/cluster/come-back.ts';
import { type Connection, openConnection } from '../../server/kube/connection.ts';
import { fromKubeconfig } from '../../server/kube/kubeconfig.ts';
import { type Change, type ListWatch, listWatch } from '../../server/kube/list-watch.ts';
import { policyRules } from '../../server/kube/needed-rights.ts';
import type { WatchState } from '../../server/kube/watch-state.ts';
import { ensureBinaries } from './binaries/build.ts';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';
import { calicoPath, installCrds } from './install-crds.ts';
import { must } from './request.ts';
import { grant } from './rights.ts';
import { type ApiServer, startApiServer } from './start-api-server.ts';

export const POOLS = calicoPath('v3', 'ippools');
/** by which the watch may read them */
export const GRANT = 'watch-test';

/** Made anew for each test, with the pools a and b. */
interface Running {
  server: ApiServer;
  proxy: FaultProxy;
  connection: Connection;
  /** that the connection signs in with */
  token: string;
  watched: ListWatch<string>;
  changes: Change<string>[];
  states: WatchState[];
  /** as a ledger would have them: name to uid */
  known: Map<string, string>;
  /** milliseconds that the watch's clock is ahead */
  ahead: number;
}

export interface WatchedPools extends Running {
  /** Begins another watch in the place of the one that was stopped. */
  begin(remembered?: Remembered): void;
  allow(): Promise<void>;
  names(): string[];
  phase(): string;
  kind(): string | undefined;
  create(name: string, cidr?: string): Promise<unknown>;
  drop(name: string): Promise<unknown>;
  /** Until the watch holds these names and is live: milliseconds. */
  backWith(...wanted: string[]): Promise<number>;
  blind(why: string): Promise<void>;
}

/** Call it once, at the top of the file; what it returns can be read inside tests. */
export function watchedPools(): WatchedPools {
  const running = {} as Running;
  let subnet = 0;
  const site = Object.assign(running, {
    begin(remembered?: Remembered) {
      const { connection } = running;
      const uids = new Map<string, string>();
      running.watched = listWatch({
        connection,
        path: POOLS,
        lasting: { lost: false, remembered: async () => remembered ?? { known: running.known, seen: running.known } },
        keep({ metadata, spec }) {
          uids.set(metadata.name, metadata.uid);
          return `${metadata.name} ${(spec as { cidr: string }).cidr}`;
        },
        onChange(some) {
          running.changes.push(...some);
          for (const { key, now } of some) {
            if (now === null) running.known.delete(key);
            else running.known.set(key, uids.get(key) ?? '');
          }
        },
        onState: (state) => running.states.push(state),
        now: () => Date.now() + running.ahead,
      });
    },
    allow: () => grant(running.server, GRANT, { kind: 'User', name: 'outgate' }, policyRules('cluster')),
    names: () => [...running.watched.objects.keys()].sort(),
    phase: () => running.watched.state().phase,
    kind: () => running.watched.state().error?.kind,
    create: (name: string, cidr = `10.${subnet++ % 250}.0.0/16`) =>
      must(running.server.as('admin'), 'POST', POOLS, {
        apiVersion: 'projectcalico.org/v3',
        kind: 'IPPool',
        metadata: { name },
        spec: { cidr },
      }),
    drop: (name: string) => must(running.server.as('admin'), 'DELETE', `${POOLS}/${name}`),
    async backWith(...wanted: string[]) {
      const began = Date.now();
      const now = () => [site.phase(), ...site.names()];
      await expect.poll(now, { timeout: 50_000, interval: 10 }).toEqual(['live', ...wanted]);
      return Date.now() - began;
    },
    blind: (why: string) =>
      expect.poll(() => [site.phase(), site.kind()], { timeout: 45_000, interval: 10 }).toEqual(['blind', why]),
  });

  beforeAll(async () => {
    const binaries = await ensureBinaries((line) => console.error(line));
    running.server = await startApiServer({ binaries, users: { outgate: [] } });
    await installCrds(running.server, 'v3');
    await site.allow();
  });
  afterAll(() => running.server?.stop());
  beforeEach(async () => {
    const { server } = running;
    for (const name of ['a', 'b']) await site.create(name);
    const proxy = await startFaultProxy(server);
    const connection = openConnection({
      ...fromKubeconfig(server.kubeconfig, 'outgate'),
      server: proxy.url,
      headers: async () => ({ authorization: `Bearer ${running.token}` }),
    });
    const token = server.as('outgate').token;
    Object.assign(running, { proxy, connection, token, changes: [], states: [], known: new Map(), ahead: 0 });
    site.begin();
    await expect.poll(() => [site.phase(), proxy.watches()], { timeout: 20_000 }).toEqual(['live', 1]);
  });
  afterEach(async () => {
    await running.watched.stop();
    await running.connection.close();
    await running.proxy.close();
    await must(running.server.as('admin'), 'DELETE', POOLS);
  });
  return site;
}
