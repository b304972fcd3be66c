import { usePathname, useSearchParams } from 'next/navigation';
import { useCallback, useMemo, useState } from 'react';
import { buildListView, type ListView, MOST_IN_LINK, parseListView } from '../list-view.ts';

/** The view is the address bar; only a selection too long for a link lives here. */
export function useListView(): [ListView, (change: Partial<ListView>) => void] {
  const path = usePathname();
  const query = useSearchParams();
  const [long, setLong] = useState<readonly string[] | null>(null);
  const view = useMemo(() => {
    const parsed = parseListView(new URLSearchParams(query));
    return long === null ? parsed : { ...parsed, selected: long };
  }, [query, long]);
  const change = useCallback(
    (part: Partial<ListView>) => {
      const next = { ...view, ...part };
      setLong(next.selected.length > MOST_IN_LINK ? next.selected : null);
      // replaceState: Next follows it without asking the server for the page again
      window.history.replaceState(null, '', `${path}${buildListView(next)}`);
    },
    [view, path],
  );
  return [view, change];
}
