import type { KubeError } from './kube-error.ts';

/** What a watch knows, and since when. */
export interface WatchState {
  /**
   * `starting`: never had a list. `live`: what we hold is what the cluster holds. `blind`: we hold what it held at
   * `heardAt`, and that stays in force.
   */
  readonly phase: 'starting' | 'live' | 'blind';
  /** when this phase began, in milliseconds since 1970 */
  readonly since: number;
  /** when the server last told us something, if only that nothing happened; null: never */
  readonly heardAt: number | null;
  /** why it is not live, or why the last attempt failed; null when live */
  readonly error: KubeError | null;
}
