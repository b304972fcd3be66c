/** One API server for the whole part `cluster` of the tests; `shared-server.ts` hands it to them. */
import type { TestProject } from 'vitest/node';
import { ensureBinaries } from './binaries/build.ts';
import { installCrds } from './install-crds.ts';
import { type SharedServer, USERS } from './shared-server.ts';
import { startApiServer } from './start-api-server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    cluster: SharedServer;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const binaries = await ensureBinaries((line) => console.error(line));
  const server = await startApiServer({ binaries, users: USERS });
  await installCrds(server, 'v3');
  const { url, caFile, keyFile, kubeconfig, kubectl, port } = server;
  const tokens = Object.fromEntries(['admin', ...Object.keys(USERS)].map((name) => [name, server.as(name).token]));
  project.provide('cluster', { url, port, caFile, keyFile, kubeconfig, kubectl, tokens });
  return () => server.stop();
}
