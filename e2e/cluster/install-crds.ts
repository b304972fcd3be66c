/** Calico's resource types on a test server, in our own words: the older ones are those that we offer (deploy/crds). */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'yaml';
import { must, request } from './request.ts';
import type { Reachable } from './start-api-server.ts';

/** `v3`: projectcalico.org/v3, as new installations have it; `v1`: crd.projectcalico.org/v1, as older ones. */
export type CalicoApi = 'v3' | 'v1';

export const CALICO_GROUP = { v3: 'projectcalico.org', v1: 'crd.projectcalico.org' } as const;

export type CalicoPlural = 'ippools' | 'felixconfigurations' | 'ipamblocks';

/** What every cluster of the tests has; a cluster whose addresses are handed out by somebody else has no blocks. */
export const PLURALS: readonly CalicoPlural[] = ['ippools', 'felixconfigurations'];

/** `/apis/projectcalico.org/v3/ippools` */
export const calicoPath = (api: CalicoApi, plural: CalicoPlural): string =>
  `/apis/${CALICO_GROUP[api]}/${api}/${plural}`;

/** Types of one group, by default those of every cluster; resolves when all can be listed. */
export async function installCrds(
  server: Reachable,
  api: CalicoApi,
  define = crd,
  plurals: readonly CalicoPlural[] = PLURALS,
): Promise<void> {
  for (const plural of plurals) {
    await must(server.as('admin'), 'POST', CRDS, define(api, plural));
    await untilServed(server, calicoPath(api, plural));
  }
}

/** Deletes one type, its objects first; resolves when the server no longer knows it. */
export async function removeCrd(server: Reachable, api: CalicoApi, plural: CalicoPlural): Promise<void> {
  await must(server.as('admin'), 'DELETE', `${CRDS}/${plural}.${CALICO_GROUP[api]}`);
  await served(server, calicoPath(api, plural), false);
}

/** The definition as an object, for tests that change it first. */
export function crd(api: CalicoApi, plural: CalicoPlural): Record<string, unknown> {
  // blocks are never offered: who has no Calico has none
  const offered = api === 'v1' && plural !== 'ipamblocks';
  const folder = new URL(offered ? '../../deploy/crds/' : 'crds/', import.meta.url);
  const file = new URL(`${plural}.${CALICO_GROUP[api]}.yaml`, folder);
  return parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
}

/** The same without any rule about the fields: a spec may be anything, or missing. */
export function looseCrd(api: CalicoApi, plural: CalicoPlural): Record<string, unknown> {
  const definition = crd(api, plural) as { spec: { versions: object[] } };
  const open = { 'x-kubernetes-preserve-unknown-fields': true };
  const schema = { openAPIV3Schema: { type: 'object', ...open, properties: { spec: open } } };
  const versions = definition.spec.versions.map((version) => ({ ...version, schema }));
  return { ...definition, spec: { ...definition.spec, versions } };
}

const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

/** A new type answers 404, then 429 while its storage starts. Throws when that lasts 20 s. */
export const untilServed = (server: Reachable, path: string): Promise<void> => served(server, path, true);

async function served(server: Reachable, path: string, wanted: boolean): Promise<void> {
  const end = Date.now() + 20_000;
  for (;;) {
    const { status } = await request(server.as('admin'), 'GET', `${path}?limit=1`);
    if (wanted ? status === 200 : status === 404) return;
    if (Date.now() > end) throw new Error(`${path} must ${wanted ? 'be served' : 'be gone'}; it answers ${status}`);
    await sleep(20);
  }
}
