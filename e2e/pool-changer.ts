/** A client that changes its own pools one after the other, goes on when the product is away, and remembers every answer. */
import { setTimeout as delay } from 'node:timers/promises';
import { type Api, ApiError } from './api.ts';

export interface Spec {
  readonly cidr: string;
  readonly natOutgoing: boolean;
}

export interface Attempt {
  /** unique: finds the change in History */
  readonly reason: string;
  readonly name: string;
  readonly spec: Spec;
  /** asked, and neither answered nor given up yet */
  open: boolean;
  /** the change's number; null: no answer came, or one that does not say whether it was written */
  acknowledged: number | null;
}

interface Written {
  readonly pool: { readonly version: number };
  readonly change: { readonly id: number };
}

const POOLS = 8;
const LONGEST_AWAY = 30_000;

/**
 * Makes and changes pools below `range` ('10.1' gives 10.1.N.0/24) until `enough` says so. Each attempt is appended to
 * `attempts` when it begins. Throws when the product refuses what is right, or stays away for half a minute.
 */
export async function changePools(
  api: Api,
  client: string,
  range: string,
  attempts: Attempt[],
  enough: () => boolean,
): Promise<void> {
  for (let turn = 0; !enough(); turn++) {
    const name = `${client}-${turn % POOLS}`;
    const before = await untilAnswered(() => currentPool(api, name));
    const spec = { cidr: `${range}.${turn % POOLS}.0/24`, natOutgoing: !(before?.spec.natOutgoing ?? false) };
    const reason = `${client} ${turn}`;
    const attempt: Attempt = { reason, name, spec, open: true, acknowledged: null };
    attempts.push(attempt);
    const answer =
      before === null
        ? await change(api, 'pools.create', { name, spec, reason })
        : await change(api, 'pools.update', { name, spec, reason, expectedVersion: before.version });
    Object.assign(attempt, { open: false, acknowledged: answer?.change.id ?? null });
    // as a person or a pipeline would: not all in one burst, so that the blows fall in the middle
    await delay(answer === null ? 200 : 20);
  }
}

async function currentPool(api: Api, name: string): Promise<{ version: number; spec: Spec } | null> {
  try {
    return await api.query<{ version: number; spec: Spec }>('pools.get', { name });
  } catch (error) {
    if (error instanceof ApiError && error.reason === 'NOT_FOUND') return null;
    throw error;
  }
}

/** Null: it is not known whether it was written. */
async function change(api: Api, procedure: string, input: object): Promise<Written | null> {
  try {
    return await api.mutate<Written>(procedure, input);
  } catch (error) {
    if (isRefusal(error)) throw error;
    return null;
  }
}

async function untilAnswered<T>(question: () => Promise<T>): Promise<T> {
  for (const end = Date.now() + LONGEST_AWAY; ; await delay(100)) {
    try {
      return await question();
    } catch (error) {
      if (isRefusal(error) || Date.now() > end) throw error;
    }
  }
}

/** The product's own word that something is wrong with the request: in this stream nothing is. */
const isRefusal = (error: unknown): boolean => error instanceof ApiError && error.status < 500;
