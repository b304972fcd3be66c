/**
 * Decisions about pools as operators make them, one after the other for each pool, and what must become of them. Each has a
 * node selector of its own, so that one that is carried out twice, late or out of turn is seen in the cluster.
 */
import type { Sighting } from './witness.ts';

export interface Decided {
  readonly cidr: string;
  readonly natOutgoing: boolean;
  readonly nodeSelector: string;
}

/** Creates it (`version` null) or changes it. Resolves with its version: the decision is acknowledged. */
export type Decide = (name: string, spec: Decided, version: number | null) => Promise<number>;

export interface Decisions {
  /** specs that were acknowledged, by pool, the oldest first */
  readonly acknowledged: ReadonlyMap<string, readonly Decided[]>;
  count(): number;
  /** One more about this pool; resolves when it is acknowledged. */
  next(name: string): Promise<void>;
}

export function decisions(decide: Decide): Decisions {
  const acknowledged = new Map<string, Decided[]>();
  const versions = new Map<string, number>();
  const places = new Map<string, number>();
  let count = 0;
  return {
    acknowledged,
    count: () => count,
    async next(name) {
      const place = places.get(name) ?? places.size;
      places.set(name, place);
      const made = acknowledged.get(name) ?? [];
      const step = made.length;
      const spec = {
        cidr: `10.${Math.floor(place / 256)}.${place % 256}.0/24`,
        natOutgoing: step % 2 === 0,
        nodeSelector: `step == '${step}'`,
      };
      versions.set(name, await decide(name, spec, versions.get(name) ?? null));
      acknowledged.set(name, [...made, spec]);
      count++;
    },
  };
}

/** Which decision about its pool this is; -1: none. */
export const stepOf = ({ nodeSelector }: { readonly nodeSelector?: unknown }): number =>
  Number(/^step == '(\d+)'$/.exec(String(nodeSelector))?.[1] ?? -1);

/**
 * What is wrong with what was seen of a pool that was never deleted: nothing may be there that was not decided, nothing may
 * come back, and no decision may have been stored twice, not even where the witness was blind: the server counts each.
 */
export function wrongIn(name: string, decided: readonly Decided[], seen: readonly Sighting[]): string[] {
  const wrong: string[] = [];
  let before = { step: -1, generation: 0 };
  for (const { spec, generation, uid } of seen) {
    const step = stepOf(spec);
    const wanted = decided[step];
    const text = `${name}: generation ${generation} is decision ${step} of ${decided.length}`;
    if (uid !== seen[0]?.uid) wrong.push(`${text}, and of another object`);
    if (wanted === undefined) wrong.push(`${text}, which nobody made`);
    else if (wanted.cidr !== spec['cidr'] || wanted.natOutgoing !== (spec['natOutgoing'] ?? false))
      wrong.push(`${text}, but says ${JSON.stringify(spec)}`);
    if (step <= before.step) wrong.push(`${text}, after decision ${before.step}`);
    if (generation - before.generation > step - before.step)
      wrong.push(`${text}: more was stored than decided since decision ${before.step}`);
    before = { step, generation };
  }
  return wrong;
}
