/** What is typed survives a reload or the browser's Back button: kept in this tab until it is saved or given up. */
import type { Draft } from '../draft.ts';
import type { Current } from './use-save.ts';

export interface Kept {
  draft: Draft;
  reason: string;
  /** what was edited: if it has moved when the draft is taken up again, that is a conflict; null while creating */
  base: Current | null;
}

const keyOf = (name: string | null): string => `outgate-draft:${name ?? ''}`;

export function readKept(name: string | null): Kept | null {
  try {
    const text = sessionStorage.getItem(keyOf(name));
    return text === null ? null : (JSON.parse(text) as Kept);
  } catch {
    return null;
  }
}

export function keep(name: string | null, kept: Kept | null): void {
  try {
    if (kept === null) sessionStorage.removeItem(keyOf(name));
    else sessionStorage.setItem(keyOf(name), JSON.stringify(kept));
  } catch {
    // storage switched off or full: the question before leaving still stands
  }
}
