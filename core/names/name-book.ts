/** Names of the cluster as this server knows them, and how well. */
import type { Directory } from './find.ts';

export type NamedType = 'pods' | 'services' | 'endpointslices' | 'nodes';

export interface Known {
  readonly type: NamedType;
  /** `starting`: never listed. `live`: as the cluster has them. `blind`: as it had them at `heardAt`. */
  readonly phase: 'starting' | 'live' | 'blind';
  /** milliseconds since 1970; null: never */
  readonly heardAt: number | null;
  /** why it is not live */
  readonly error: string | null;
  /** our account may not list or watch them */
  readonly forbidden: boolean;
}

export interface NameBook {
  readonly directory: Directory;
  known(type: NamedType): Known;
}
