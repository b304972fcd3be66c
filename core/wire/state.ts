/** The effective state: everything that decides NAT on the nodes, and the messages that carry it to the agents. */
import type { ClusterSettings } from '../nat/settings.ts';
import type { Pool } from '../pool/spec.ts';

/**
 * `sequence` numbers the changes one after the other (0: nothing yet). `revision` is the hash of what the state says
 * (see revision.ts): equal revisions mean equal NAT. `hosts` are the nodes' own addresses, sorted, canonical.
 */
export interface EffectiveState {
  sequence: number;
  revision: string;
  pools: Pool[];
  settings: ClusterSettings;
  hosts: string[];
}

/** Applies to the state at sequence `from` alone. */
export interface Delta {
  type: 'delta';
  from: number;
  sequence: number;
  revision: string;
  upsert: Pool[];
  remove: string[];
  settings?: ClusterSettings | undefined;
  hosts?: string[] | undefined;
}

/** Server to agent, one JSON object a line on GET /agent/v1/stream. Read by read-message.ts. */
export type StreamMessage = { type: 'snapshot'; state: EffectiveState } | Delta | { type: 'heartbeat' };
