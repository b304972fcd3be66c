/** One API server for the whole part `cluster` of the tests; `shared-server.ts` hands it to them. */
import type { TestProject } from 'vitest/node';
import { ensureBinaries } from './binaries/build.ts';
import { ensureHelm } from './binaries/helm.ts';
import { installServerAccount } from './chart.ts';
import { installCrds } from './install-crds.ts';
import { kubectl, NAMESPACE, OUTGATE_USER } from './prepare-cluster.ts';
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
  const helm = await ensureHelm((line) => console.error(line));
  const outgate = await installServerAccount(server, helm);
  await kubectl(server, ['config', 'set-credentials', OUTGATE_USER, `--token=${outgate}`]);
  await kubectl(server, ['config', 'set-context', OUTGATE_USER, `--namespace=${NAMESPACE}`]);
  const { url, caFile, keyFile, kubeconfig, kubectl: program, port } = server;
  const tokens = Object.fromEntries(['admin', ...Object.keys(USERS)].map((name) => [name, server.as(name).token]));
  project.provide('cluster', {
    url,
    port,
    caFile,
    keyFile,
    kubeconfig,
    kubectl: program,
    helm,
    tokens: { ...tokens, outgate },
  });
  return () => server.stop();
}
