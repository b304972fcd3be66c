import { useEffect, useRef, useState } from 'react';
import type { ListedPool } from '../rows.ts';

const SHOWN_MS = 2500;

/** Names of the pools whose version changed, or that came, in the last seconds. The first list is not a change. */
export function useChanged(pools: readonly ListedPool[] | undefined): ReadonlySet<string> {
  const seen = useRef<Map<string, number> | null>(null);
  const [changed, setChanged] = useState<ReadonlySet<string>>(new Set());
  useEffect(() => {
    if (pools === undefined) return;
    const before = seen.current;
    seen.current = new Map(pools.map(({ name, version }) => [name, version]));
    if (before === null) return;
    const fresh = pools.filter(({ name, version }) => before.get(name) !== version).map(({ name }) => name);
    if (fresh.length === 0) return;
    setChanged((marked) => new Set([...marked, ...fresh]));
    const timer = setTimeout(
      () => setChanged((marked) => new Set([...marked].filter((name) => !fresh.includes(name)))),
      SHOWN_MS,
    );
    return () => clearTimeout(timer);
  }, [pools]);
  return changed;
}
