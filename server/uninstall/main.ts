/** `node server/uninstall/main.ts`: the chart's job before it is uninstalled. Exit codes: 0 clean, 1 not, 2 unusable environment. */
import { openConnection } from '../kube/connection.ts';
import { inCluster } from '../kube/in-cluster.ts';
import { cleanNodes } from './clean-nodes.ts';
import { readUninstall } from './environment.ts';

const read = readUninstall(process.env);
if (!read.ok) {
  for (const error of read.errors) console.error(error);
  process.exit(2);
}
const connection = openConnection(inCluster(process.env, Date.now));
try {
  const clean = await cleanNodes({ connection, ...read.value, say: (line) => console.log(line) });
  process.exitCode = clean ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
} finally {
  await connection.close();
}
