import { usePathname, useSearchParams } from 'next/navigation';
import { useCallback, useEffect, useRef, useState } from 'react';
import { buildListView, type ListView, parseListView } from '../list-view.ts';

/**
 * The view is the address bar. It is held here too, because the router follows the address bar a moment later than a
 * fast typist, and a selection too long for a link lives here alone.
 */
export function useListView(): [ListView, (change: Partial<ListView>) => void] {
  const path = usePathname();
  const query = useSearchParams();
  const [view, setView] = useState(() => parseListView(new URLSearchParams(query)));
  const latest = useRef(view);
  const show = useCallback((next: ListView) => {
    latest.current = next;
    setView(next);
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the router tells when; the address bar itself tells what
  useEffect(() => {
    if (window.location.search !== buildListView(latest.current)) {
      show(parseListView(new URLSearchParams(window.location.search)));
    }
  }, [query, show]);
  const change = useCallback(
    (part: Partial<ListView>) => {
      const next = { ...latest.current, ...part };
      show(next);
      // replaceState: Next follows it without asking the server for the page again
      window.history.replaceState(null, '', `${path}${buildListView(next)}`);
    },
    [path, show],
  );
  return [view, change];
}
