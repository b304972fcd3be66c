'use client';
import { clsx } from 'clsx';
import { useState } from 'react';
import type { SettingField } from '../../core/nat/settings.ts';
import { useHeard } from '../cluster/use-heard.ts';
import { Age } from '../components/age.tsx';
import { Button } from '../components/button.tsx';
import { isPast, SyncStateChip } from '../components/state-chip.tsx';
import { HeadRow, Table, Tbody, Td, Th, Thead, Tr } from '../components/table.tsx';
import { useRefusal } from '../shell/session.tsx';
import type { Outputs } from '../trpc/client.ts';
import { ChoiceDialog } from './choice-dialog.tsx';
import {
  applyOurs,
  choiceNow,
  holdersText,
  inForceWords,
  keptWords,
  type Picked,
  standText,
} from './settings-words.ts';

export type SettingsObject = Outputs['cluster']['settings']['objects'][number];
type Row = SettingsObject['rows'][number];

/** One FelixConfiguration: what the cluster has, who wrote it, what is decided here, and the ways on where they differ. */
export function InCluster({
  felix,
  version,
  onDecide,
}: {
  felix: SettingsObject;
  version: number;
  /** puts the cluster's value into the form: saved, it is decided here */
  onDecide: (field: SettingField, value: string) => void;
}) {
  const { object, node, exists, unreadable, kept, nftablesMode, sync } = felix;
  const refused = useRefusal('editor');
  const heard = useHeard();
  const [chosen, setChosen] = useState<{ picked: Picked; version: number; seen: string } | null>(null);
  const pick = (picked: Picked): void => setChosen({ picked, version, seen: felix.seen });
  const rows = felix.rows.filter(
    ({ desired, live, inForce }) => desired !== null || live !== null || (kept && inForce !== null),
  );
  const standsApart = sync !== null && sync.state !== 'Synced';
  const given = (row: Row): FieldProps => ({ row, unreadable, kept, refused, onPick: pick, onDecide });
  return (
    <section
      aria-label={`FelixConfiguration ${object}`}
      className={clsx('mt-3 rounded-md border', standsApart ? 'border-outofsync-bd' : 'border-line')}
    >
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1 px-3.5 py-2 text-xs">
        <span className="machine text-ink-1">{object}</span>
        {sync === null ? (
          <span className="text-ink-3">
            {exists ? 'observed: nothing of it is decided here' : 'the cluster has none; nothing is decided here'}
          </span>
        ) : (
          <>
            <SyncStateChip state={sync.state} heard={heard} />
            {standsApart && <span className="machine text-2xs text-ink-3">{sync.reason}</span>}
            <span className="text-ink-1">
              {isPast(sync.state, heard) && 'When it was last heard: '}
              {standText(sync, felix)}
            </span>
          </>
        )}
        {nftablesMode !== null && <span className="machine text-ink-3">nftablesMode: {nftablesMode}</span>}
      </p>
      {sync !== null && sync.message !== null && standsApart && (
        <p className="machine px-3.5 pb-2 text-xs wrap-anywhere text-ink-1">{sync.message}</p>
      )}
      {kept && <p className="px-3.5 pb-2 text-xs text-ink-1">{keptWords(object)}</p>}
      {rows.length > 0 && (
        <div className="border-t border-line-faint">
          <Table label={`${object}: in the cluster, decided here, last applied`}>
            <Thead>
              <HeadRow>
                <Th>Field</Th>
                <Th>{heads.live}</Th>
                <Th>{heads.desired}</Th>
                <Th>{heads.applied}</Th>
                <Th>{heads.who}</Th>
                <Th>Ways on</Th>
              </HeadRow>
            </Thead>
            <Tbody>
              {rows.map((row) => (
                <FieldRow key={row.field} {...given(row)} />
              ))}
            </Tbody>
          </Table>
        </div>
      )}
      {standsApart && (
        <p className="flex flex-wrap items-center gap-x-3 gap-y-1 border-t border-line-faint px-3.5 py-2">
          <Button small refused={refused} onClick={() => pick({ choice: 'ours' })}>
            {exists ? 'Apply ours by force' : 'Apply ours: make it again'}
          </Button>
          <span className="min-w-0 flex-1 basis-72 text-xs">
            {applyOurs(object, node, exists, felix.rows).effects.join(' ')}
          </span>
        </p>
      )}
      <ChoiceDialog
        object={object}
        shown={chosen ?? { version, seen: felix.seen }}
        choice={chosen === null ? null : choiceNow(chosen.picked, felix)}
        onStale={(now) => setChosen((was) => was && { ...was, ...now })}
        onClose={() => setChosen(null)}
      />
    </section>
  );
}

interface FieldProps {
  row: Row;
  unreadable: boolean;
  kept: boolean;
  refused: string | undefined;
  onPick: (picked: Picked) => void;
  onDecide: (field: SettingField, value: string) => void;
}

const heads = {
  live: 'Live, in the cluster',
  desired: 'Decided here',
  applied: 'Last applied by us',
  who: 'Who says it there',
} as const;

function FieldRow(props: FieldProps) {
  const { row } = props;
  return (
    <Tr>
      <Td className="machine text-ink-1">{row.field}</Td>
      <Td label={heads.live} className={clsx(row.differs && 'bg-outofsync-bg', props.kept && 'py-1')}>
        <LiveValue {...props} />
      </Td>
      <Td label={heads.desired}>
        <Decided row={row} />
      </Td>
      <Td label={heads.applied}>
        <Value value={row.applied} />
      </Td>
      <Td label={heads.who}>
        <Who row={row} />
      </Td>
      <Td>
        <Ways {...props} />
      </Td>
    </Tr>
  );
}

function LiveValue({ row: { live, differs, inForce }, unreadable, kept }: FieldProps) {
  return (
    <>
      {unreadable ? <span className="text-xs text-ink-3">cannot be read</span> : <Value value={live} />}
      {differs && <span className="ml-2 text-2xs font-medium text-outofsync-fg">differs</span>}
      {kept && (unreadable || live !== inForce) && (
        <span className="block text-xs text-ink-3">
          {inForceWords(inForce)}
          {inForce !== null && <Value value={inForce} />}
        </span>
      )}
    </>
  );
}

function Decided({ row: { desired } }: { row: Row }) {
  if (desired === null) return <span className="text-xs text-ink-3">not decided: observed</span>;
  return <Value value={desired} />;
}

function Who({ row }: { row: Row }) {
  const newest = row.holders
    .flatMap(({ at }) => at ?? [])
    .sort()
    .at(-1);
  return (
    <>
      <span className="machine text-ink-1">{holdersText(row)}</span>
      {newest !== undefined && (
        <>
          {' '}
          <Age at={newest} />
        </>
      )}
    </>
  );
}

function Ways({ row, unreadable, refused, onPick, onDecide }: FieldProps) {
  const { field, desired, live, differs } = row;
  return (
    <span className="flex flex-wrap gap-1.5">
      {desired === null && live !== null && (
        <Button small refused={refused} aria-label={`Decide here: ${field}`} onClick={() => onDecide(field, live)}>
          Decide here
        </Button>
      )}
      {differs && !unreadable && (
        <Button
          small
          refused={refused}
          aria-label={`Take theirs: ${field}`}
          onClick={() => onPick({ choice: 'theirs', field })}
        >
          Take theirs
        </Button>
      )}
      {desired !== null && (
        <Button
          small
          refused={refused}
          aria-label={`Let go of ${field}`}
          onClick={() => onPick({ choice: 'release', field })}
        >
          Let go
        </Button>
      )}
    </span>
  );
}

function Value({ value }: { value: string | null }) {
  if (value === null) return <span className="text-xs text-ink-3">not set</span>;
  return <span className="machine text-ink-1">{value}</span>;
}
