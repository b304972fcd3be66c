/** What a key press means, apart from the browser: pure, so that it can be tested. */
export interface Press {
  key: string;
  ctrl: boolean;
  meta: boolean;
  alt: boolean;
  typing: boolean;
}

/** How a binding is written: "s", "?", "Enter", "g p" (one after the other), "mod+k", "mod+Enter" (Ctrl or Cmd). */
export function written(press: Press): string {
  const { key } = press;
  return press.ctrl || press.meta ? `mod+${key.length === 1 ? key.toLowerCase() : key}` : key;
}

/**
 * The bindings that this press may complete, best first: with a pending "g" only "g ..." counts, otherwise a single key.
 * `pending` is what to remember for the next press. Single keys do nothing while typing or when letters are off.
 */
export function match(
  press: Press,
  pending: string | null,
  keys: readonly string[],
  lettersOn: boolean,
): { keys: string | null; pending: string | null } {
  const text = written(press);
  if (press.alt) return { keys: null, pending: null };
  if (text.startsWith('mod+')) return { keys: keys.includes(text) ? text : null, pending: null };
  if (press.typing) return { keys: text === 'Escape' && keys.includes('Escape') ? 'Escape' : null, pending: null };
  if (!lettersOn && text.length === 1) return { keys: null, pending: null };
  if (pending !== null) {
    const both = `${pending} ${text}`;
    return { keys: keys.includes(both) ? both : null, pending: null };
  }
  if (keys.some((each) => each.startsWith(`${text} `))) return { keys: null, pending: text };
  return { keys: keys.includes(text) ? text : null, pending: null };
}
