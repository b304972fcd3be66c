/** Our copy of Calico's types, for clusters without Calico. We have no right to make types: an administrator applies it. */
import { readdir, readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Deps } from '../deps.ts';
import { clusterOf } from './cluster.ts';

const FOLDER = new URL('../../../deploy/crds/', import.meta.url);
const FILE = 'outgate-crds.yaml';

export const ownTypesSchema = z.object({
  /** all of them, as documents of one text */
  yaml: z.string(),
  /** the name that `command` expects */
  file: z.string(),
  command: z.string(),
});

/** Throws NO_CLUSTER. */
export async function ownTypes(deps: Deps): Promise<z.infer<typeof ownTypesSchema>> {
  clusterOf(deps);
  return { yaml: await readOwnTypes(), file: FILE, command: `kubectl apply --server-side -f ${FILE}` };
}

/** In the order of names. */
export async function readOwnTypes(): Promise<string> {
  const names = (await readdir(FOLDER)).filter((name) => name.endsWith('.yaml')).sort();
  return (await Promise.all(names.map((name) => readFile(new URL(name, FOLDER), 'utf8')))).join('---\n');
}
