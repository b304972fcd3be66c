/** The thread that reads large manifests (read-yaml.ts). */
import { parentPort } from 'node:worker_threads';
import { poolsOfYaml } from './yaml.ts';

parentPort?.on('message', (text: string) => parentPort?.postMessage(poolsOfYaml(text)));
