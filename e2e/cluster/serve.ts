/** Runs a test server until it is told to stop (SIGINT, SIGTERM), and prints where it is as one line of JSON. */
import { ensureBinaries } from './binaries/build.ts';
import { installCrds } from './install-crds.ts';
import { startApiServer } from './start-api-server.ts';

const server = await startApiServer({ binaries: await ensureBinaries((line) => console.error(line)) });
await installCrds(server, 'v3');
console.log(JSON.stringify({ kubeconfig: server.kubeconfig, url: server.url, pids: server.pids() }));
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void server.stop().then(() => process.exit(0)));
}
