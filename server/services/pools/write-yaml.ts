import { setImmediate } from 'node:timers/promises';
import { writePools } from '../../../core/calico/write.ts';
import type { Pool } from '../../../core/pool/spec.ts';

const AT_ONCE = 1000;

/** Canonical Calico YAML, as writePools makes it; of many pools a part at a time, so that others are answered between. */
export async function writeYaml(pools: readonly Pool[], api: 'v3' | 'v1'): Promise<string> {
  if (pools.length <= AT_ONCE) return writePools(pools, api);
  const parts: string[] = [];
  for (let from = 0; from < pools.length; from += AT_ONCE) {
    parts.push(writePools(pools.slice(from, from + AT_ONCE), api));
    await setImmediate();
  }
  return parts.join('---\n');
}
