/**
 * Names whose plain path is not theirs: of the pages beside the pools' (app/(shell)/pools), and those ending as what Next asks
 * itself for. A `~` follows them there, with which no name ends.
 */
const TAKEN = /^(new|import)$|\.rsc$/;

export const poolPath = (name: string): string => `/pools/${encodeURIComponent(name)}${TAKEN.test(name) ? '~' : ''}`;
export const editPath = (name: string): string => `${poolPath(name)}/edit`;

/** The name in such a path. */
export const poolNamed = (segment: string): string => decodeURIComponent(segment).replace(/~$/, '');

/** Where what was decided is told of a pool that is not here any more: the cluster has it with those of others, or it has nothing of it. */
export const pathAfterLeaving = (change: number, inCluster: boolean): string =>
  inCluster ? '/cluster' : `/pools?decided=${change}`;

export const simulateFrom = (cidr: string): string =>
  `/simulator?from=${encodeURIComponent(cidr.split('/')[0] ?? cidr)}`;
