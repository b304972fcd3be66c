'use client';
import { clsx } from 'clsx';
import { useState } from 'react';
import type { SettingField } from '../../core/nat/settings.ts';
import { Age } from '../components/age.tsx';
import { Button } from '../components/button.tsx';
import { SyncStateChip } from '../components/state-chip.tsx';
import { Table, Td, Th } from '../components/table.tsx';
import { whyOf } from '../pools/sync/sync-words.ts';
import { useRefusal } from '../shell/session.tsx';
import type { Outputs } from '../trpc/client.ts';
import { ChoiceDialog } from './choice-dialog.tsx';
import { applyOurs, holdersText, letGo, type SettingsChoice, takeTheirs } from './settings-words.ts';

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
  const { object, node, exists, unreadable, nftablesMode, sync } = felix;
  const refused = useRefusal('editor');
  const [choice, setChoice] = useState<SettingsChoice | null>(null);
  const rows = felix.rows.filter(({ desired, live }) => desired !== null || live !== null);
  const standsApart = sync !== null && sync.state !== 'Synced';
  const given = (row: Row): FieldProps => ({ row, node, unreadable, refused, onChoose: setChoice, onDecide });
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
            <SyncStateChip state={sync.state} />
            {standsApart && <span className="machine text-2xs text-ink-3">{sync.reason}</span>}
            <span className="text-ink-1">{whyOf(sync)}</span>
          </>
        )}
        {nftablesMode !== null && <span className="machine text-ink-3">nftablesMode: {nftablesMode}</span>}
      </p>
      {sync !== null && sync.message !== null && standsApart && (
        <p className="machine px-3.5 pb-2 text-xs wrap-anywhere text-ink-1">{sync.message}</p>
      )}
      {rows.length > 0 && (
        <div className="border-t border-line-faint">
          <div className="narrow:hidden">
            <Table label={`${object}: in the cluster, decided here, last applied`}>
              <thead>
                <tr>
                  <Th>Field</Th>
                  <Th>{heads.live}</Th>
                  <Th>{heads.desired}</Th>
                  <Th>{heads.applied}</Th>
                  <Th>{heads.who}</Th>
                  <Th>Ways on</Th>
                </tr>
              </thead>
              <tbody>
                {rows.map((row) => (
                  <FieldRow key={row.field} {...given(row)} />
                ))}
              </tbody>
            </Table>
          </div>
          <ul className="hidden divide-y divide-line-faint narrow:block">
            {rows.map((row) => (
              <FieldItem key={row.field} {...given(row)} />
            ))}
          </ul>
        </div>
      )}
      {standsApart && (
        <p className="flex flex-wrap items-center gap-x-3 gap-y-1 border-t border-line-faint px-3.5 py-2">
          <Button small refused={refused} onClick={() => setChoice(applyOurs(object, node, exists, felix.rows))}>
            {exists ? 'Apply ours by force' : 'Apply ours: make it again'}
          </Button>
          <span className="min-w-0 flex-1 basis-72 text-xs">
            {applyOurs(object, node, exists, felix.rows).effects.join(' ')}
          </span>
        </p>
      )}
      <ChoiceDialog object={object} version={version} choice={choice} onClose={() => setChoice(null)} />
    </section>
  );
}

interface FieldProps {
  row: Row;
  node: string | null;
  unreadable: boolean;
  refused: string | undefined;
  onChoose: (choice: SettingsChoice) => void;
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
    <tr>
      <Td className="machine text-ink-1">{row.field}</Td>
      <Td className={clsx(row.differs && 'bg-outofsync-bg')}>
        <LiveValue {...props} />
      </Td>
      <Td>
        <Decided row={row} />
      </Td>
      <Td>
        <Value value={row.applied} />
      </Td>
      <Td>
        <Who row={row} />
      </Td>
      <Td>
        <Ways {...props} />
      </Td>
    </tr>
  );
}

/** The same where a table of six columns has no room. */
function FieldItem(props: FieldProps) {
  const { row } = props;
  return (
    <li className="px-3.5 py-2">
      <h3 className="machine wrap-anywhere text-ink-1">{row.field}</h3>
      <dl className="my-1 grid grid-cols-[max-content_minmax(0,1fr)] gap-x-3 text-xs [&>dd]:wrap-anywhere [&>dt]:text-ink-3">
        <dt>{heads.live}</dt>
        <dd className={clsx(row.differs && 'bg-outofsync-bg')}>
          <LiveValue {...props} />
        </dd>
        <dt>{heads.desired}</dt>
        <dd>
          <Decided row={row} />
        </dd>
        <dt>{heads.applied}</dt>
        <dd>
          <Value value={row.applied} />
        </dd>
        <dt>{heads.who}</dt>
        <dd>
          <Who row={row} />
        </dd>
      </dl>
      <Ways {...props} />
    </li>
  );
}

function LiveValue({ row: { live, differs }, unreadable }: Pick<FieldProps, 'row' | 'unreadable'>) {
  return (
    <>
      {unreadable ? <span className="text-xs text-ink-3">cannot be read</span> : <Value value={live} />}
      {differs && <span className="ml-2 text-2xs font-medium text-outofsync-fg">differs</span>}
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

function Ways({ row, node, unreadable, refused, onChoose, onDecide }: FieldProps) {
  const { field, desired, live, differs } = row;
  return (
    <span className="flex flex-wrap gap-1.5">
      {desired === null && live !== null && (
        <Button small refused={refused} aria-label={`Decide ${field} here`} onClick={() => onDecide(field, live)}>
          Decide here
        </Button>
      )}
      {differs && !unreadable && (
        <Button small refused={refused} aria-label={`Take theirs: ${field}`} onClick={() => onChoose(takeTheirs(row))}>
          Take theirs
        </Button>
      )}
      {desired !== null && (
        <Button small refused={refused} aria-label={`Let go of ${field}`} onClick={() => onChoose(letGo(row, node))}>
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
