/** Why a pool stands as it does in the cluster, in one sentence, and what each way out would do. Pure. */
import { OUR_MANAGER } from '../../../core/cluster/managed-fields.ts';
import type { SyncPolicy, SyncReason, SyncState } from '../../../core/cluster/sync-state.ts';

export interface Stand {
  state: SyncState;
  reason: SyncReason;
  policy: SyncPolicy;
  message: string | null;
  fields: readonly string[];
  managers: readonly string[];
  missing: string | null;
  released: readonly string[];
}

export interface FieldRow {
  field: string;
  /** null: that side has no object, or does not say */
  desired?: unknown;
  live?: unknown;
  applied?: unknown;
  differs: boolean;
  managers: readonly string[];
  /** the cluster decides it */
  released: boolean;
  /** why it cannot be released; null: it can */
  releaseRefused: string | null;
}

/** `rows`: who holds each field there by now. `there`: the cluster has what was decided before. */
export function whyOf(
  { reason, fields, managers, missing, released }: Stand,
  rows: readonly Pick<FieldRow, 'field' | 'managers'>[] = [],
  there = false,
): string {
  const what = fields.length === 0 ? 'it' : listed(fields);
  switch (reason) {
    case 'AsDesired':
      return [
        'The cluster says what is desired.',
        ...(released.length === 0 ? [] : [`What becomes of ${listed(released)} is decided there.`]),
        ...(managers.length === 0 ? [] : [`${listed(managers)} owns it there: it is changed where it comes from.`]),
      ].join(' ');
    case 'WaitingForCluster':
      return `${there ? 'Its last change' : 'It'} was not brought to the cluster yet.`;
    case 'FieldChangedInCluster':
      return changedBy(fields, managers, rows);
    case 'BeingDeleted':
      return 'It is being deleted in the cluster, by whom is not told; until it is gone nodes follow it.';
    case 'PoolDeletedInCluster':
      return 'It was deleted in the cluster, so no node knows it.';
    case 'PoolMadeAgain':
      return 'It was deleted in the cluster, and another one of the same name was made there.';
    case 'SettingsDeletedInCluster':
      return 'The FelixConfiguration was deleted in the cluster.';
    case 'NotAdopted':
      return 'The cluster has a pool of this name that is not ours.';
    case 'OwnedElsewhere':
      return `${managers.length === 0 ? 'Somebody else' : listed(managers)} owns it: it is changed where it comes from.`;
    case 'Unreadable':
      return `Calico cannot decode the object in the cluster${managers.length === 0 ? '' : `, as ${listed(managers)} left it`}. What was read of it last stays in force, and stands here as live.`;
    case 'FieldOwnedByOther':
      return `${managers.length === 0 ? 'Somebody else' : listed(managers)} holds ${what}; nothing was written.`;
    case 'WrittenOverAgain':
      return `It was changed in the cluster again, after changes of it there were written over three times in ten minutes; we stopped.${fields.length === 0 ? '' : ` What differs now is ${what}, held by ${managers.length === 0 ? 'nobody else' : listed(managers)}.`}`;
    case 'RefusedByCluster':
      return `The cluster refuses it as it is desired. ${TRIED_AGAIN}`;
    case 'DeletionRefused':
      return `The cluster refuses to delete the object that is there and was deleted here: ours can only be made when it is gone. ${TRIED_AGAIN}`;
    case 'RightMissing':
      return `Our account in the cluster must have the right to ${missing ?? 'write it'}.`;
  }
}

const TRIED_AGAIN = 'It is tried again at once when it is changed, here or there, and else within five minutes.';

/** Whose names stand beside ours: who writes what is not as desired, or else who holds fields too and writes nothing. */
export function besideOurs(
  { state, managers }: Pick<Stand, 'state' | 'managers'>,
  rows: readonly Pick<FieldRow, 'managers'>[],
): { what: string; names: readonly string[] } {
  if (state !== 'Synced') return { what: 'Who writes it', names: managers };
  return { what: 'Fields that others hold', names: [...new Set(rows.flatMap((row) => row.managers))] };
}

/** Who holds a field in the cluster, we before the others. */
export const holdersOf = ({ held, managers }: Pick<FieldRow, 'managers'> & { held: boolean }): string[] => [
  ...(held ? [OUR_MANAGER] : []),
  ...managers,
];

/** Who holds a field that differs is who changed it, as far as the cluster tells; others of the object changed nothing. */
function changedBy(
  fields: readonly string[],
  managers: readonly string[],
  rows: readonly Pick<FieldRow, 'field' | 'managers'>[],
): string {
  if (fields.length === 0) return 'Somebody changed it in the cluster.';
  const byWho = new Map<string, string[]>();
  for (const field of fields) {
    const holders = rows.find((row) => row.field === field)?.managers.filter((one) => managers.includes(one)) ?? [];
    const who = listed(holders);
    byWho.set(who, [...(byWho.get(who) ?? []), field]);
  }
  const nobodys = byWho.get('') ?? [];
  byWho.delete('');
  const changed = [...byWho].map(([who, what]) => `${who} changed ${listed(what)}`);
  return [
    ...(changed.length === 0 ? [] : [`${listed(changed)} in the cluster.`]),
    ...(nobodys.length === 0
      ? []
      : [
          `The cluster has ${listed(nobodys)} otherwise, and nobody holds ${nobodys.length === 1 ? 'it' : 'them'} there: who changed ${nobodys.length === 1 ? 'it' : 'them'} is not known.`,
        ]),
  ].join(' ');
}

export type Choice = 'theirs' | 'ours' | 'release';
export type FieldChoice = 'release-field' | 'decide-field';

export interface Way<C extends string = Choice> {
  choice: C;
  /** the button */
  verb: string;
  /** what it does, one sentence each */
  effects: readonly string[];
  /** why it leads nowhere now */
  refused: string | null;
}

/** The honest ways on, as the controller would carry them out. `owner` is null when the cluster has no such pool. */
export function waysOf({
  name,
  sync,
  owner,
  source,
  rows,
}: {
  name: string;
  sync: Stand;
  owner: string | null;
  /** where a pool of others is changed */
  source: string;
  rows: readonly FieldRow[];
}): Way[] {
  const gone = owner === null;
  const differing = rows.filter(({ differs }) => differs);
  return [
    {
      choice: 'theirs',
      verb: gone ? 'Take theirs: delete it here' : 'Take theirs',
      effects: gone
        ? [`${name} is deleted here, as it was in the cluster.`, 'Nodes go on without it, as they do now.']
        : [
            `What is desired becomes what the cluster has${changes(differing, 'desired', 'live')}.`,
            'Nodes go on as they do now.',
            ...(sync.reason === 'OwnedElsewhere'
              ? [
                  `A later change of it here is not written to the cluster while ${owner} owns it: releasing it settles that.`,
                ]
              : []),
          ],
      refused: sync.reason === 'Unreadable' ? UNREADABLE : null,
    },
    {
      choice: 'ours',
      verb: gone ? 'Apply ours: make it again' : 'Apply ours by force',
      effects: gone
        ? [`${name} is made again in the cluster as it is desired.`, 'Every node follows.']
        : [
            `The cluster is written over with what is desired${changes(differing, 'live', 'desired')}.`,
            takenFrom(differing),
            'Every node follows.',
          ],
      refused: whyNotOurs(sync, { owner, source, differing }),
    },
    {
      choice: 'release',
      verb: 'Release the pool',
      effects: [
        `Outgate no longer decides about ${name}; History keeps what it was.`,
        gone
          ? 'Nothing of it is in the cluster.'
          : 'The cluster keeps it as it is there, without our name on its fields, and nodes go on as they do now.',
      ],
      refused: null,
    },
  ];
}

const UNREADABLE = 'The object in the cluster must be readable first.';

/** Null: ours can be made, or applied by force. */
function whyNotOurs(
  sync: Stand,
  { owner, source, differing }: { owner: string | null; source: string; differing: readonly FieldRow[] },
): string | null {
  switch (sync.reason) {
    case 'OwnedElsewhere':
      return `${owner ?? 'Somebody else'} owns it and would write it back: copy the patch to ${source}.`;
    case 'NotAdopted':
      return 'The pool in the cluster is not ours. Take theirs first, which adopts it; then change it.';
    case 'Unreadable':
      return UNREADABLE;
    case 'DeletionRefused':
      return 'The object there was deleted here, and no force deletes it. Take theirs or release the pool, or have the cluster let it go: then ours is made.';
    default:
      return owner !== null && cidrStays(sync, differing)
        ? 'The cluster does not change the CIDR of a pool. Take theirs or release the pool, or delete the object there first: then ours can be made.'
        : null;
  }
}

/** Whoever holds it, the cluster refuses another one (C15), also by force. */
const cidrStays = ({ reason }: Stand, differing: readonly FieldRow[]): boolean =>
  (reason === 'RefusedByCluster' || reason === 'FieldOwnedByOther' || reason === 'PoolMadeAgain') &&
  differing.some(({ field }) => field === 'cidr');

/** The way on of one field: it is let go, or decided here again where it was. */
export function wayOfField(
  choice: FieldChoice,
  { field, live, managers, releaseRefused }: Pick<FieldRow, 'field' | 'live' | 'managers' | 'releaseRefused'>,
  policy: SyncPolicy,
): Way<FieldChoice> {
  const stays = `${field} stays ${valueText(live)} in the cluster, and nodes go on as they do now.`;
  if (choice === 'decide-field') {
    return {
      choice,
      verb: 'Decide it here again',
      effects: [
        stays,
        `What is desired of it becomes that value${managers.length === 0 ? '' : `, beside ${listed(managers)}; nothing is taken from anybody`}.`,
        `A later change of it there is a difference again${policy === 'enforce' ? ', and is written over: the policy is enforce' : ''}.`,
      ],
      refused: null,
    };
  }
  return {
    choice,
    verb: 'Release field',
    effects: [
      stays,
      `${managers.length === 0 ? 'Whoever writes it there decides' : `${listed(managers)} or whoever writes it there decides`} it from here on: no change of it is a difference, or is written over.`,
      'It is shown here as the cluster has it. Another value that is decided here takes it back.',
    ],
    refused: releaseRefused === null ? null : `It cannot be released alone, because ${releaseRefused}.`,
  };
}

/** What comes of released fields of which another value is saved, one sentence each. */
export function takenBackWords(
  fields: readonly string[],
  rows: readonly Pick<FieldRow, 'field' | 'managers'>[],
  policy: SyncPolicy,
): string[] {
  const then =
    policy === 'enforce'
      ? 'the policy enforce writes it over by force'
      : 'nothing is written over without force, which is asked for on the pool’s page';
  return rows
    .filter(({ field }) => fields.includes(field))
    .map(({ field, managers }) =>
      managers.length === 0
        ? `${field} is taken back: it is decided here from then on.`
        : `${field} is taken back from ${listed(managers)}: ${then}.`,
    );
}

/** Whose fields a forced apply takes. */
export function takenFrom(differing: readonly FieldRow[]): string {
  const held = differing.filter(({ managers }) => managers.length > 0);
  if (held.length === 0) return 'Nobody else holds the fields that differ.';
  return `Taken: ${held.map(({ field, managers }) => `${field} from ${listed(managers)}`).join('; ')}.`;
}

/** "natOutgoing", "", "a, b", "not set" */
export function valueText(value: unknown): string {
  if (value === null || value === undefined) return 'not set';
  if (Array.isArray(value)) return value.length === 0 ? '[]' : value.join(', ');
  return value === '' ? '""' : String(value);
}

function changes(rows: readonly FieldRow[], from: 'desired' | 'live', to: 'desired' | 'live'): string {
  if (rows.length === 0) return '';
  return `: ${rows.map((row) => `${row.field} ${valueText(row[from])} → ${valueText(row[to])}`).join(', ')}`;
}

/** "a", "a and b", "a, b and c"; of many the first ones: "a, b, c, d, e, f, g, h and 92 more" */
export function listed(names: readonly string[]): string {
  if (names.length > MOST_LISTED) return `${names.slice(0, LISTED).join(', ')} and ${names.length - LISTED} more`;
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/** Anybody may be a manager of a field, under any number of names. */
const MOST_LISTED = 10;
const LISTED = 8;
