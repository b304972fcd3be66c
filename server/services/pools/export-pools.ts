import { readPools } from '../../db/pools.ts';
import { shownPools } from '../../db/released.ts';
import { AppError } from '../app-error.ts';
import type { Deps } from '../deps.ts';
import { writeYaml } from './write-yaml.ts';

/** Canonical Calico YAML of these pools (default: all), in the order of names. Throws NOT_FOUND naming every missing one. */
export async function exportPools(
  deps: Deps,
  { names, api }: { names?: readonly string[] | undefined; api: 'v3' | 'v1' },
): Promise<{ yaml: string }> {
  const pools = await shownPools(deps.db, await readPools(deps.db, names));
  const found = new Set(pools.map((pool) => pool.name));
  const missing = [...new Set(names ?? [])].filter((name) => !found.has(name));
  if (missing.length > 0) {
    const issues = missing.map((name) => ({ field: 'names', message: `there is no pool '${name}'` }));
    throw new AppError('NOT_FOUND', issues.map(({ message }) => message).join('; '), { issues });
  }
  return { yaml: await writeYaml(pools, api) };
}
