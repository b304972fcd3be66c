/**
 * Names whose plain path is not theirs: of the pages beside the pools' (app/(shell)/pools), and those ending as what Next asks
 * itself for. A `~` follows them there, with which no name ends.
 */
const TAKEN = /^(new|import)$|\.rsc$/;

export const poolPath = (name: string): string => `/pools/${encodeURIComponent(name)}${TAKEN.test(name) ? '~' : ''}`;
export const editPath = (name: string): string => `${poolPath(name)}/edit`;

/** The name in such a path. */
export const poolNamed = (segment: string): string => decodeURIComponent(segment).replace(/~$/, '');

export const simulateFrom = (cidr: string): string =>
  `/simulator?from=${encodeURIComponent(cidr.split('/')[0] ?? cidr)}`;
