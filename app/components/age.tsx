'use client';
import { clsx } from 'clsx';
import { useSyncExternalStore } from 'react';

/**
 * How long ago, counting up in place: fixed-width digits, so nothing beside it moves. Past `limitSeconds` it turns amber
 * and says since when.
 */
export function Age({ at, prefix, limitSeconds }: { at: string; prefix?: string; limitSeconds?: number }) {
  const now = useNow();
  const seconds = Math.max(0, Math.floor((now - Date.parse(at)) / 1000));
  const late = limitSeconds !== undefined && seconds > limitSeconds;
  return (
    <time
      dateTime={at}
      title={utc(at)}
      className={clsx('whitespace-nowrap tabular-nums', late ? 'text-warning-fg' : 'text-ink-3')}
    >
      {prefix !== undefined && `${prefix} `}
      {age(seconds)} ago
      {late && `, since ${clock(at)}`}
    </time>
  );
}

/** Age and clock time, for anything that matters. */
export function When({ at }: { at: string }) {
  return (
    <span className="inline-flex items-center gap-1.5 whitespace-nowrap">
      <span className="text-ink-1 tabular-nums">{clock(at)}</span>
      <Age at={at} />
    </span>
  );
}

/** Date and age, for what seldom changes. */
export function Day({ at }: { at: string }) {
  return (
    <span className="inline-flex items-center gap-1.5 whitespace-nowrap">
      <span className="text-ink-1 tabular-nums">{at.slice(0, 10)}</span>
      <Age at={at} />
    </span>
  );
}

/** "4 s", "12 min", "3 h", "5 d". */
export function age(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

/** "2026-08-18 10:47:12 UTC" */
export const utc = (at: string): string => `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
/** "10:47:12" in UTC. */
export const clock = (at: string): string => new Date(at).toISOString().slice(11, 19);

/** Milliseconds now, once a second, one timer for the whole page. */
export const useNow = (): number =>
  useSyncExternalStore(
    subscribe,
    () => now,
    () => now,
  );

let now = Date.now();
let timer: ReturnType<typeof setInterval> | null = null;
const listeners = new Set<() => void>();
function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  now = Date.now();
  timer ??= setInterval(() => {
    now = Date.now();
    for (const each of listeners) each();
  }, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0 && timer !== null) {
      clearInterval(timer);
      timer = null;
    }
  };
}
