import { useKeys } from '../keys/use-keys.ts';
import { useClusterMode } from '../trpc/cluster-mode.ts';
import { useGo } from './leave-guard.tsx';
import { allPages, inMode } from './pages.ts';

/** The keys that work on every page. */
export function useFrameKeys({ openPalette, openKeys }: { openPalette: () => void; openKeys: () => void }): void {
  const go = useGo();
  const cluster = useClusterMode();
  useKeys('Everywhere', [
    { keys: '/', label: 'Find a page, pool, node or address', run: openPalette },
    { keys: 'mod+k', label: 'Find a page, pool, node or address', run: openPalette },
    { keys: '?', label: 'This keyboard map', run: openKeys },
    { keys: 'c', label: 'Copy the link to this view', run: () => void navigator.clipboard?.writeText(location.href) },
    ...inMode(allPages, cluster).map(({ key, name, href }) => ({ keys: `g ${key}`, label: name, run: () => go(href) })),
  ]);
}
