import { useSearchParams } from 'next/navigation';
import { useCallback, useEffect, useRef, useState } from 'react';

/**
 * What a page shows, kept in the address bar. It is held here too, because the router follows the address bar a moment later
 * than a fast typist, and what is too long for a link lives here alone. `parse` and `build` stay the same from render to
 * render; `build` gives path and query.
 */
export function useAddressView<View>(
  parse: (query: URLSearchParams) => View,
  build: (view: View) => string,
): [View, (change: Partial<View>) => void] {
  const query = useSearchParams();
  const [view, setView] = useState(() => parse(new URLSearchParams(query)));
  const latest = useRef(view);
  const hold = useCallback((next: View) => {
    latest.current = next;
    setView(next);
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the router tells when; the address bar itself tells what
  useEffect(() => {
    const { pathname, search } = window.location;
    if (`${pathname}${search}` !== build(latest.current)) hold(parse(new URLSearchParams(search)));
  }, [query, parse, build, hold]);
  const change = useCallback(
    (part: Partial<View>) => {
      const next = { ...latest.current, ...part };
      hold(next);
      // replaceState: Next follows it without asking the server for the page again
      window.history.replaceState(null, '', build(next));
    },
    [build, hold],
  );
  return [view, change];
}
