/** Which queries may answer differently after an event. Pure. */
import type { LiveEvent } from '../../core/wire/events.ts';

/** By router; the first part of a query's key is its path. */
const touched: Record<LiveEvent['kind'], readonly string[] | 'all'> = {
  change: ['desired', 'pools', 'changes', 'status', 'settings', 'simulate', 'overview', 'nodes', 'cluster'],
  node: ['nodes', 'status', 'overview', 'simulate', 'pools', 'changes'],
  nodes: ['nodes', 'status', 'overview', 'simulate', 'pools', 'changes'],
  access: ['session', 'accounts', 'joinTokens', 'apiTokens', 'nodes'],
  watch: ['cluster'],
  cluster: ['cluster', 'pools', 'changes', 'status', 'settings', 'simulate', 'overview', 'nodes'],
  reset: 'all',
};

/** What is desired moves with the cluster where a field is released: only then are all pools loaded again for it. */
export function isTouched(
  kind: LiveEvent['kind'],
  { queryKey, state }: { readonly queryKey: readonly unknown[]; readonly state: { readonly data?: unknown } },
): boolean {
  const routers = touched[kind];
  const path = queryKey[0];
  if (routers === 'all') return true;
  if (!Array.isArray(path)) return false;
  if (routers.includes(String(path[0]))) return true;
  const { data } = state;
  return (
    kind === 'cluster' &&
    path[0] === 'desired' &&
    typeof data === 'object' &&
    data !== null &&
    'released' in data &&
    data.released === true
  );
}
