/**
 * What came back after the types of pools and settings were lost, and what of that is believed: what has all that was known,
 * or lacks no more than what somebody decided to do without.
 */
import {
  beyond,
  type ComeBack,
  firstOf,
  type Lacks,
  lacksOf,
  lacksText,
  type Remembered,
  type Word,
  wordFor,
} from '../../core/cluster/come-back.ts';
import { changeNumber } from '../../core/wire/change-number.ts';
import type { Queryable } from '../db/client.ts';
import { rememberedPools } from '../db/live.ts';
import { rememberedSettings } from '../db/live-felix.ts';
import type { Connection } from '../kube/connection.ts';
import { presenceOf } from '../kube/discovery.ts';
import { KubeError } from '../kube/kube-error.ts';
import type { Lasting } from '../kube/list-watch.ts';
import type { Choice } from './choose-group.ts';
import { felixPath, type PoolGroup } from './cluster-pools.ts';
import { namesIn } from './names-in.ts';

export interface Returning {
  /** what is back and lacks something; null: nothing is */
  back(): ComeBack | null;
  /** why it is not followed; null: nothing to say */
  why(): string | null;
  /** The word as the database has it now. */
  hear(word: Word | null): void;
  /** Pools that may be missing in that group. */
  accepted(group: PoolGroup): readonly string[];
  /** Some that are missing would be missed; false also where none are known. */
  settingsMatter(): boolean;
  /** Looks at what the choice left open. Rejects where the database does not answer. */
  look(choice: Choice, settingsLost: boolean, signal: AbortSignal): Promise<void>;
  /** Of this return: nothing is lost any more, or something is lost anew. */
  end(): void;
  lasting(lost: { readonly pools: boolean; readonly settings: boolean }): { pools: Lasting; settings: Lasting };
}

export interface ReturningOptions {
  readonly db: Queryable;
  readonly connection: Connection;
  /** as a leader before told it: a word about it still holds */
  readonly before: ComeBack | null;
  /** milliseconds since 1970 */
  readonly date: () => number;
}

const NONE: Lacks = { known: 0, missing: [] };

export function returning({ db, connection, before, date }: ReturningOptions): Returning {
  let back = before;
  let word: Word | null = null;
  let settingsMatter = true;
  const heard = (): Word | null => wordFor(word, back);

  const settingsIn = async (group: PoolGroup, signal: AbortSignal): Promise<Lacks> => {
    const { known } = await rememberedSettings(db);
    settingsMatter = known.size > 0;
    if (!settingsMatter) return NONE;
    const path = felixPath(group);
    try {
      if ((await presenceOf(connection, path, signal)) !== 'served') return NONE;
      return lacksOf(known.keys(), await namesIn(connection, path, signal));
    } catch (error) {
      // it keeps nobody from the pools; their own watch says what is wrong
      if (error instanceof KubeError) return back?.settings ?? NONE;
      throw error;
    }
  };

  return {
    back: () => back,
    why() {
      if (back === null) return null;
      const { settings } = back;
      const said = heard();
      const more = said === null ? [] : beyond(back, said);
      if (said !== null && more.length === 0) return null;
      return (
        [
          ...(settings.missing.length === 0
            ? []
            : [
                `FelixConfigurations are back, and lack ${lacksText(settings, 'objects')}; the last known settings stay in force until they are there, or somebody decides`,
              ]),
          ...(said === null
            ? []
            : [
                `by now more is missing than was seen when change ${changeNumber(said.change)} was decided: ${firstOf(more)}`,
              ]),
        ].join('; ') || null
      );
    },
    hear(now) {
      word = now;
    },
    accepted: (group) => (back?.group === group ? (heard()?.pools ?? []) : []),
    settingsMatter: () => settingsMatter,
    async look(choice, settingsLost, signal) {
      const group = choice.group ?? choice.back?.group;
      const settings =
        group !== undefined && (settingsLost || choice.back !== null) ? await settingsIn(group, signal) : NONE;
      const pools = choice.back?.pools ?? NONE;
      const same = back !== null && back.group === group;
      const lacks = pools.missing.length + settings.missing.length > 0;
      back =
        group === undefined || !lacks
          ? null
          : { group, since: same ? (back?.since ?? date()) : date(), pools, settings };
    },
    end() {
      back = null;
    },
    lasting: (lost) => ({
      pools: { lost: lost.pools, remembered: async () => without(await rememberedPools(db), heard()?.pools) },
      settings: {
        lost: lost.settings,
        remembered: async () => without(await rememberedSettings(db), heard()?.settings),
      },
    }),
  };
}

/** Nobody misses these. */
function without({ known, seen }: Remembered, names: readonly string[] = []): Remembered {
  const left = new Map(known);
  for (const name of names) left.delete(name);
  return { known: left, seen };
}
