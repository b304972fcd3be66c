import { useEffect, useRef, useSyncExternalStore } from 'react';
import { match } from './sequence.ts';

export interface Binding {
  /** see sequence.ts: "s", "g p", "mod+Enter" */
  keys: string;
  /** what it does, for the keyboard map */
  label: string;
  run: () => void;
}

/**
 * Keys of a page or part, as long as it is mounted. A later part wins over an earlier one (a list over the frame).
 * While a dialog is open only the dialog's own keys work.
 */
export function useKeys(group: string, bindings: readonly Binding[]): void {
  const latest = useRef(bindings);
  latest.current = bindings;
  const names = bindings.map(({ keys }) => keys).join('|');
  // biome-ignore lint/correctness/useExhaustiveDependencies: the bindings are read at the press; only their keys matter here
  useEffect(() => {
    const entry: Entry = { group, bindings: () => latest.current };
    entries = [...entries, entry];
    announce();
    return () => {
      entries = entries.filter((each) => each !== entry);
      announce();
    };
  }, [group, names]);
}

/** Everything that works now by group, newest part first: the keyboard map shows it. */
export function useKeyMap(): { group: string; bindings: readonly Binding[] }[] {
  const all = useSyncExternalStore(
    subscribe,
    () => entries,
    () => none,
  );
  const groups = new Map<string, readonly Binding[]>();
  for (const { group, bindings } of all.toReversed()) {
    groups.set(group, [...(groups.get(group) ?? []), ...bindings()]);
  }
  return [...groups].map(([group, bindings]) => ({ group, bindings }));
}

export const useLettersOn = (): boolean => useSyncExternalStore(subscribe, lettersOn, () => true);
export function setLettersOn(on: boolean): void {
  try {
    localStorage.setItem(LETTERS, on ? 'on' : 'off');
  } catch {
    // storage switched off: letters stay on
  }
  announce();
}

/** The one listener; mounted by the shell. */
export function useKeyListener(): void {
  useEffect(() => {
    let pending: string | null = null;
    let forget: ReturnType<typeof setTimeout> | undefined;
    function onKeyDown(event: KeyboardEvent): void {
      if (event.defaultPrevented || event.isComposing || document.querySelector('[role="dialog"]') !== null) return;
      if (event.key === 'Enter' && isActivated(event.target) && !event.ctrlKey && !event.metaKey) return;
      const bindings = entries.toReversed().flatMap((entry) => entry.bindings());
      const found = match(
        {
          key: event.key,
          ctrl: event.ctrlKey,
          meta: event.metaKey,
          alt: event.altKey,
          typing: isTyping(event.target),
        },
        pending,
        bindings.map(({ keys }) => keys),
        lettersOn(),
      );
      pending = found.pending;
      clearTimeout(forget);
      if (pending !== null) forget = setTimeout(() => (pending = null), 1500);
      if (found.keys === null) return;
      event.preventDefault();
      bindings.find(({ keys }) => keys === found.keys)?.run();
    }
    window.addEventListener('keydown', onKeyDown);
    return () => {
      window.removeEventListener('keydown', onKeyDown);
      clearTimeout(forget);
    };
  }, []);
}

interface Entry {
  group: string;
  bindings: () => readonly Binding[];
}
const LETTERS = 'outgate-letter-keys';
const none: readonly Entry[] = [];
let entries: readonly Entry[] = none;
const listeners = new Set<() => void>();
const announce = (): void => {
  for (const listener of listeners) listener();
};
function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
function lettersOn(): boolean {
  try {
    return localStorage.getItem(LETTERS) !== 'off';
  } catch {
    return true;
  }
}
function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target.matches('textarea, select, input:not([type="checkbox"], [type="radio"], [type="button"])'))
  );
}
/** Enter on a link or button is theirs. */
const isActivated = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.matches('a, button, summary, [role="tab"]');
