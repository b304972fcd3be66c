/** NAT settings on the API server that all files share: a server of the file's own that decides about them, and what tests ask of both. */
import { afterAll, beforeAll, expect } from 'vitest';
import { policyRules } from '../../server/kube/needed-rights.ts';
import { serverOfFile } from '../../server/testing/file-server.ts';
import { soon } from '../../server/testing/soon.ts';
import { mutate, query } from '../../server/testing/test-client.ts';
import { withCluster } from '../../server/testing/test-server.ts';
import { calicoPath } from './install-crds.ts';
import { must, request } from './request.ts';
import { grant, revoke } from './rights.ts';
import { sharedServer } from './shared-server.ts';

export const FELIXES = calicoPath('v3', 'felixconfigurations');
export const POOLS = calicoPath('v3', 'ippools');
// one whose rights a test may give and take: those of `outgate` are the chart's
export const USER = { kind: 'User', name: 'nobody' } as const;
/** by which it has all rights that it needs */
export const GRANT = 'settings-mode';
export const RULES = [...policyRules('cluster'), ...policyRules('own')];

export interface Felix {
  readonly metadata: { readonly uid: string; readonly managedFields: { manager: string; operation: string }[] };
  readonly spec?: Record<string, unknown>;
}
export interface Stand {
  readonly state: string;
  readonly reason: string;
  readonly fields: string[];
  readonly managers: string[];
  readonly missing: string | null;
}
export interface Compared {
  readonly version: number;
  readonly objects: {
    object: string;
    sync: Stand | null;
    seen: string;
    rows: { field: string; live: string | null; differs: boolean }[];
  }[];
  readonly problems: { code: string; field: string }[];
}

/** Call it once, at the top of the file: its tests begin with a cluster that is followed, without pools and settings. */
export function settingsSite() {
  const cluster = sharedServer();
  const admin = cluster.as('admin');

  const ask = async <T>(procedure: string, input?: unknown): Promise<T> =>
    (await query(server.address, procedure, input, server.cookie)).body.result.data as T;
  const tell = (procedure: string, input: unknown) => mutate(server.address, procedure, input, server.cookie);
  const stored = async (name = 'default'): Promise<Felix | null> => {
    const { status, body } = await request(admin, 'GET', `${FELIXES}/${name}`);
    return status === 200 ? (body as Felix) : null;
  };
  const edit = (spec: object, manager = 'kubectl-edit', name = 'default') =>
    must(admin, 'PATCH', `${FELIXES}/${name}?fieldManager=${manager}`, { spec });
  const compared = () => ask<Compared>('cluster.settings');
  const standOf = async (object = 'default'): Promise<Stand | null> =>
    (await compared()).objects.find((one) => one.object === object)?.sync ?? null;
  const stands = (expected: Partial<Stand>, object = 'default') =>
    soon(async () => expect(await standOf(object)).toMatchObject(expected));
  const rowOf = async (field: string, object = 'default') =>
    (await compared()).objects.find((one) => one.object === object)?.rows.find((row) => row.field === field);

  const update = async (settings: { global?: object; nodes?: object }, reason = 'the firewall expects it') => {
    const { version: expectedVersion } = await ask<{ version: number }>('settings.get');
    return tell('settings.update', { settings: { global: {}, nodes: {}, ...settings }, expectedVersion, reason });
  };
  const decide = async (settings: { global?: object; nodes?: object }): Promise<number> => {
    const { status, body } = await update(settings);
    expect(status, JSON.stringify(body)).toBe(200);
    return body.result.data.change.id;
  };
  const tellChoice = async (choice: string, more: object = {}) => {
    const { version: expectedVersion } = await compared();
    return tell('cluster.resolveSettings', { object: 'default', choice, expectedVersion, reason: choice, ...more });
  };
  const choose = async (choice: string, more: object = {}) => {
    const answer = await tellChoice(choice, more);
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    return answer.body.result.data.change as { id: number; action: string };
  };
  const history = async () =>
    (await ask<{ changes: { id: number; actor: string; action: string; role: string }[] }>('changes.list', {})).changes;

  // hooks run in this order: the rights stand before the server asks for anything
  beforeAll(() => grant(cluster, GRANT, USER, RULES));
  const server = serverOfFile(withCluster(cluster.kubeconfig, USER.name));
  beforeAll(() => soon(async () => expect(await ask('cluster.get')).toMatchObject({ phase: 'live' })));
  afterAll(async () => {
    await must(admin, 'DELETE', FELIXES);
    await must(admin, 'DELETE', POOLS);
    await revoke(cluster, GRANT);
  });
  return {
    cluster,
    admin,
    server,
    ask,
    tell,
    soon,
    stored,
    edit,
    compared,
    standOf,
    stands,
    rowOf,
    update,
    decide,
    tellChoice,
    choose,
    history,
  };
}
