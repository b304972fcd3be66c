/** Where a browser is in the live stream: the change it saw last, and the server's time when it saw it. */
export interface Cursor {
  readonly sequence: number;
  /** milliseconds */
  readonly at: number;
}

/** `12-1767225600000` */
export const formatCursor = ({ sequence, at }: Cursor): string => `${sequence}-${at}`;

/** Null for what is no cursor of ours. */
export function parseCursor(text: string): Cursor | null {
  const found = /^(\d{1,15})-(\d{1,15})$/.exec(text);
  return found === null ? null : { sequence: Number(found[1]), at: Number(found[2]) };
}
