'use client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { clsx } from 'clsx';
import Link from 'next/link';
import { useState } from 'react';
import type { SettingField } from '../../core/nat/settings.ts';
import { Age } from '../components/age.tsx';
import { Button } from '../components/button.tsx';
import { ErrorPanel } from '../components/error-panel.tsx';
import { Effects, ReasonDialog } from '../components/reason-dialog.tsx';
import { SyncStateChip } from '../components/state-chip.tsx';
import { Table, Td, Th } from '../components/table.tsx';
import { listed, whyOf } from '../pools/sync/sync-words.ts';
import { useRefusal } from '../shell/session.tsx';
import { type Outputs, useTRPC } from '../trpc/client.ts';
import { SettingsEffect } from './settings-effect.tsx';
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
          <Table label={`${object}: in the cluster, decided here, last applied`}>
            <thead>
              <tr>
                <Th>Field</Th>
                <Th>Live, in the cluster</Th>
                <Th>Decided here</Th>
                <Th>Last applied by us</Th>
                <Th>Who says it there</Th>
                <Th>Ways on</Th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <FieldRow
                  key={row.field}
                  row={row}
                  node={node}
                  unreadable={unreadable}
                  refused={refused}
                  onChoose={setChoice}
                  onDecide={onDecide}
                />
              ))}
            </tbody>
          </Table>
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

function FieldRow({
  row,
  node,
  unreadable,
  refused,
  onChoose,
  onDecide,
}: {
  row: Row;
  node: string | null;
  unreadable: boolean;
  refused: string | undefined;
  onChoose: (choice: SettingsChoice) => void;
  onDecide: (field: SettingField, value: string) => void;
}) {
  const { field, desired, live, applied, differs, holders } = row;
  const newest = holders
    .flatMap(({ at }) => at ?? [])
    .sort()
    .at(-1);
  return (
    <tr>
      <Td className="machine text-ink-1">{field}</Td>
      <Td className={clsx(differs && 'bg-outofsync-bg')}>
        {unreadable ? <span className="text-xs text-ink-3">cannot be read</span> : <Value value={live} />}
        {differs && <span className="ml-2 text-2xs font-medium text-outofsync-fg">differs</span>}
      </Td>
      <Td>
        {desired === null ? (
          <span className="text-xs text-ink-3">not decided: observed</span>
        ) : (
          <Value value={desired} />
        )}
      </Td>
      <Td>
        <Value value={applied} />
      </Td>
      <Td>
        <span className="machine text-ink-1">{holdersText(row)}</span>
        {newest !== undefined && (
          <>
            {' '}
            <Age at={newest} />
          </>
        )}
      </Td>
      <Td>
        <span className="flex flex-wrap gap-1.5">
          {desired === null && live !== null && (
            <Button small refused={refused} aria-label={`Decide ${field} here`} onClick={() => onDecide(field, live)}>
              Decide here
            </Button>
          )}
          {differs && !unreadable && (
            <Button
              small
              refused={refused}
              aria-label={`Take theirs: ${field}`}
              onClick={() => onChoose(takeTheirs(row))}
            >
              Take theirs
            </Button>
          )}
          {desired !== null && (
            <Button
              small
              refused={refused}
              aria-label={`Let go of ${field}`}
              onClick={() => onChoose(letGo(row, node))}
            >
              Let go
            </Button>
          )}
        </span>
      </Td>
    </tr>
  );
}

function Value({ value }: { value: string | null }) {
  if (value === null) return <span className="text-xs text-ink-3">not set</span>;
  return <span className="machine text-ink-1">{value}</span>;
}

function ChoiceDialog({
  object,
  version,
  choice,
  onClose,
}: {
  object: string;
  version: number;
  choice: SettingsChoice | null;
  onClose: () => void;
}) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const resolve = useMutation(
    trpc.cluster.resolveSettings.mutationOptions({ onSuccess: () => queries.invalidateQueries() }),
  );
  const fields = choice?.fields;
  return (
    <ReasonDialog
      key={`${choice?.choice} ${fields?.join()}`}
      open={choice !== null}
      onClose={() => {
        resolve.reset();
        onClose();
      }}
      title={`${choice?.verb ?? ''}: ${fields === undefined ? object : `${listed(fields)} of ${object}`}`}
      wide
      effects={
        <>
          <Effects effects={choice?.effects ?? []} />
          {choice !== null && <ChoiceEffect object={object} choice={choice} />}
        </>
      }
      verb={choice?.verb ?? ''}
      keep="Leave it as it is"
      danger={choice?.choice === 'ours'}
      pending={resolve.isPending}
      error={resolve.error}
      stale="The settings were changed meanwhile. What stands above is already their new state: look again, then decide."
      result={
        resolve.data === undefined ? null : (
          <>
            It is decided:{' '}
            <Link className="machine link" href={`/history?change=${resolve.data.change.id}`}>
              change #{resolve.data.change.id}
            </Link>
            . The cluster follows as soon as it answers.
          </>
        )
      }
      onSubmit={(reason) =>
        choice !== null &&
        resolve.mutate({
          object,
          choice: choice.choice,
          ...(fields === undefined ? {} : { fields: [...fields] }),
          expectedVersion: version,
          reason,
        })
      }
    />
  );
}

function ChoiceEffect({ object, choice }: { object: string; choice: SettingsChoice }) {
  const trpc = useTRPC();
  const { fields } = choice;
  const asked = { object, choice: choice.choice, ...(fields === undefined ? {} : { fields: [...fields] }) };
  const effect = useQuery(trpc.cluster.previewSettings.queryOptions(asked));
  return (
    <section aria-label="Effect on connections" className="mt-2 border-t border-line-faint pt-2">
      {effect.isError && <ErrorPanel error={effect.error} onRetry={() => void effect.refetch()} />}
      {effect.data !== undefined && <SettingsEffect effect={effect.data} />}
    </section>
  );
}
