/** What a choice is about: short, and another one when it would do something else than was shown: by values, and by whose they are. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { NatSettings } from '../nat/settings.ts';
import type { PoolSpec } from '../pool/spec.ts';
import { compareFields, type PoolField } from './compare.ts';
import { statedFields } from './decide-settings.ts';
import type { LivePool } from './live-pool.ts';
import type { LiveFelix } from './live-settings.ts';
import { othersOn } from './managed-fields.ts';

/** Of a pool of ours, as it is shown, and the object that is there; also of these fields, which differ in nothing. */
export function seenOf(desired: PoolSpec, live: LivePool | undefined, released: readonly PoolField[] = []): string {
  const rows = compareFields({
    desired,
    live: live?.pool?.spec ?? null,
    applied: null,
    claims: live?.claims ?? [],
    released,
  });
  return short([
    live?.uid,
    rows
      .filter(({ field, differs }) => differs || released.includes(field))
      .map(({ field, live, managers }) => [field, live, [...managers].sort()]),
    // theirs is then its deletion, and ours is another object
    ...(live?.deleting ? ['deleting'] : []),
  ]);
}

/** Of what is decided about a FelixConfiguration and the object that is there. */
export function seenOfSettings(own: NatSettings, live: LiveFelix | undefined): string {
  const said = live !== undefined && live.problems.length > 0 ? null : (live?.settings ?? {});
  const differing = statedFields(own)
    .filter((field) => own[field] !== said?.[field])
    .map((field) => [
      field,
      said?.[field],
      othersOn(live?.claims ?? [], field)
        .map(({ manager }) => manager)
        .sort(),
    ]);
  return short([said === null, differing]);
}

const short = (content: unknown): string => bytesToHex(sha256(utf8ToBytes(JSON.stringify(content)))).slice(0, 32);
