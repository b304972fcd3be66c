/** What is said of settings in a cluster: why they stand so, and what a choice does. Pure. */
import type { SettingField } from '../../core/nat/settings.ts';
import { listed, type Stand, whyOf } from '../pools/sync/sync-words.ts';

export interface Holder {
  manager: string;
  operation: 'Apply' | 'Update';
  at: string | null;
}
export interface SettingRow {
  field: SettingField;
  desired: string | null;
  live: string | null;
  applied: string | null;
  differs: boolean;
  holders: readonly Holder[];
  held: boolean;
}

/** Why they stand so. The cluster has what was decided before where we applied something of it. */
export const standText = (
  sync: Stand,
  { exists, rows }: { exists: boolean; rows: readonly Pick<SettingRow, 'field' | 'holders' | 'applied'>[] },
): string => whyOf(sync, holdersIn(rows), exists && rows.some(({ applied }) => applied !== null));

/** Of an object with a setting that means nothing or would stop Felix. */
export const keptWords = (object: string): string =>
  `Outgate’s nodes take nothing of FelixConfiguration ${object} until that is mended: what it said before stays in force on them.`;

/** Before the value that such an object said before; of a node that has none the one of all nodes is in force. */
export const inForceWords = (before: string | null): string =>
  before === null ? 'not in force on Outgate’s nodes' : 'in force on Outgate’s nodes: ';

export type Choice = 'theirs' | 'ours' | 'release';
export interface SettingsChoice {
  choice: Choice;
  /** absent: all that are decided */
  fields?: readonly SettingField[];
  verb: string;
  effects: readonly string[];
  /** the cluster comes to say something else by it */
  moves: boolean;
}

/** What was pressed, of which object: what it does is said anew when the cluster says something else. */
export type Picked = { choice: 'ours' } | { choice: 'theirs' | 'release'; field: SettingField };

/** Null: the object no longer has that field. */
export function choiceNow(
  picked: Picked,
  { object, node, exists, rows }: { object: string; node: string | null; exists: boolean; rows: readonly SettingRow[] },
): SettingsChoice | null {
  if (picked.choice === 'ours') return applyOurs(object, node, exists, rows);
  const row = rows.find(({ field }) => field === picked.field);
  if (row === undefined) return null;
  return picked.choice === 'theirs' ? takeTheirs(row) : letGo(row, node);
}

/** `nodes`: whose Felix reads the object, in words. */
export const restarts = (node: string | null): string =>
  node === null ? 'Felix restarts on every node that it runs on.' : `Felix restarts on ${node}, if it runs there.`;

export function takeTheirs(row: SettingRow): SettingsChoice {
  return {
    choice: 'theirs',
    fields: [row.field],
    verb: 'Take theirs',
    moves: false,
    effects: [
      row.live === null
        ? `${row.field} is no longer decided here: the cluster does not set it.`
        : `What is decided becomes what the cluster has: ${row.field} ${row.desired ?? 'not set'} → ${row.live}.`,
    ],
  };
}

/** Where nobody else holds the field it goes from the cluster: only then does anything change there. */
export function letGo(row: SettingRow, node: string | null): SettingsChoice {
  const others = [...new Set(row.holders.map(({ manager }) => manager))];
  const leaves = row.held && others.length === 0;
  return {
    choice: 'release',
    fields: [row.field],
    verb: 'Let go',
    moves: leaves,
    effects: [
      `Outgate no longer decides about ${row.field}.`,
      ...(leaves
        ? [
            `Nobody else holds it, so it goes from the cluster and ${node === null ? 'Calico’s default' : 'what all nodes have'} holds.`,
            restarts(node),
          ]
        : [
            others.length === 0
              ? 'The cluster stays as it is.'
              : `The cluster keeps ${row.live ?? 'it not set'}: ${listed(others)} ${others.length === 1 ? 'holds' : 'hold'} it.`,
          ]),
    ],
  };
}

export function applyOurs(
  object: string,
  node: string | null,
  exists: boolean,
  rows: readonly SettingRow[],
): SettingsChoice {
  const differing = rows.filter(({ differs }) => differs);
  const taken = differing.filter(({ holders }) => holders.length > 0);
  return {
    choice: 'ours',
    verb: exists ? 'Apply ours by force' : 'Apply ours: make it again',
    moves: true,
    effects: [
      ...differing.map(
        ({ field, live, desired }) => `${object}: ${field} ${live ?? 'not set'} → ${desired ?? 'not set'}.`,
      ),
      taken.length === 0
        ? 'Nobody else holds the fields that differ.'
        : `Taken: ${taken.map(({ field, holders }) => `${field} from ${listed([...new Set(holders.map(({ manager }) => manager))])}`).join('; ')}.`,
      restarts(node),
    ],
  };
}

/** By field, for why the object stands as it does. */
export const holdersIn = (rows: readonly Pick<SettingRow, 'field' | 'holders'>[]) =>
  rows.map(({ field, holders }) => ({ field, managers: [...new Set(holders.map(({ manager }) => manager))] }));

/** Who says what the cluster has: ours, others, or nobody. */
export function holdersText({ live, held, holders }: SettingRow): string {
  const names = [...(held ? ['outgate'] : []), ...new Set(holders.map(({ manager }) => manager))];
  if (names.length > 0) return names.join(', ');
  return live === null ? 'nobody' : 'not recorded';
}
