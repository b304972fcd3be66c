'use client';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type PoolField, poolFields } from '../../../core/cluster/compare.ts';
import type { SyncPolicy } from '../../../core/cluster/sync-state.ts';
import { CopyPatch } from '../../cluster/copy-patch.tsx';
import { sourceWords } from '../../cluster/source-words.ts';
import { useHeard } from '../../cluster/use-heard.ts';
import { When } from '../../components/age.tsx';
import { Button } from '../../components/button.tsx';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { Loading } from '../../components/loading.tsx';
import { Panel } from '../../components/panel.tsx';
import { isPast, SyncStateChip } from '../../components/state-chip.tsx';
import { useRefusal } from '../../shell/session.tsx';
import { type Outputs, useTRPC } from '../../trpc/client.ts';
import { CompareTable } from './compare-table.tsx';
import { waysIfGoing, whyIfGoing } from './going-words.ts';
import { NOT_MADE, waysIfNotMade } from './not-made-words.ts';
import { PolicyDialog } from './policy-dialog.tsx';
import { policyWords } from './policy-words.ts';
import { ResolveDialog } from './resolve-dialog.tsx';
import {
  besideOurs,
  type Choice,
  type FieldChoice,
  type FieldRow,
  listed,
  wayOfField,
  waysOf,
  whyOf,
} from './sync-words.ts';

type Comparison = Outputs['cluster']['compare'];

interface Chosen {
  readonly choice: Choice | FieldChoice;
  readonly field?: PoolField;
  readonly version: number;
  readonly seen: string;
}

/** How the pool stands in the cluster, and where it is not as desired: field by field, and the ways on. */
export function SyncPanel({ name }: { name: string }) {
  const trpc = useTRPC();
  const query = useQuery(trpc.cluster.compare.queryOptions({ name }));
  if (query.data === undefined) {
    return query.isError ? (
      <ErrorPanel error={query.error} onRetry={() => void query.refetch()} className="mb-3" />
    ) : (
      <Loading what="how it stands in the cluster" />
    );
  }
  return <Shown name={name} comparison={query.data} />;
}

function Shown({ name, comparison }: { name: string; comparison: Comparison }) {
  const { sync, version, seen, live, going, made, rows, patch } = comparison;
  const notMade = live === null && !made;
  const refused = useRefusal('editor');
  const heard = useHeard();
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const [policy, setPolicy] = useState(false);
  const source = live === null ? 'where it comes from' : sourceWords(live);
  const staying = waysOf({ name, sync, owner: live?.owner ?? null, source, rows });
  const ways = notMade ? waysIfNotMade(name, sync) : going === null ? staying : waysIfGoing(staying, name, sync, going);
  const why = whyOf(sync, rows, live !== null && made);
  const way = chosen === null ? null : wayFor(chosen);
  function wayFor({ choice, field }: Chosen) {
    if (choice !== 'release-field' && choice !== 'decide-field')
      return ways.find((one) => one.choice === choice) ?? null;
    const row = rows.find((one) => one.field === field);
    return row === undefined ? null : wayOfField(choice, row, sync.policy);
  }
  const wayOfRow = (row: FieldRow) => (
    <FieldWay
      row={row}
      refused={refused}
      onChoose={(choice, field) => setChosen({ choice, field, version, seen })}
      policy={sync.policy}
    />
  );
  const releasedRows = rows.filter(({ released }) => released);
  const differs = sync.state !== 'Synced';
  const shownWays = ways.filter(({ choice }) => differs || choice === 'release');
  return (
    <Panel
      title="In the cluster"
      lead={
        <span className="inline-flex flex-wrap items-center gap-x-2">
          <SyncStateChip state={sync.state} heard={heard} />
          {differs && <span className="machine text-2xs">{sync.reason}</span>}
          {sync.since !== null && (
            <span className="inline-flex items-center gap-1.5">
              since <When at={sync.since} />
            </span>
          )}
        </span>
      }
      flush
      className={differs ? 'mb-3 border-outofsync-bd' : 'mb-3'}
    >
      <div className="flex flex-col gap-2 px-3.5 py-3 wrap-anywhere">
        <p className="text-base text-ink-1">
          {isPast(sync.state, heard) && 'When it was last heard: '}
          {notMade && `${NOT_MADE} `}
          {going === null ? why : whyIfGoing(why, sync, going)}
        </p>
        <Facts comparison={comparison} onPolicy={() => setPolicy(true)} refused={refused} />
      </div>
      {differs && !notMade && rows.length > 0 && (
        <div className="border-t border-line-faint">
          <CompareTable label={`${name}: desired, live and last applied`} rows={rows} way={wayOfRow} />
        </div>
      )}
      {!differs && releasedRows.length > 0 && (
        <div className="border-t border-line-faint">
          <CompareTable label={`${name}: released fields`} rows={releasedRows} way={wayOfRow} />
        </div>
      )}
      {!differs && rows.length > releasedRows.length && (
        <details className="border-t border-line-faint">
          <summary className="px-3.5 py-2 text-xs font-medium text-ink-2">Every field, and who holds it</summary>
          <CompareTable
            label={`${name}: fields that are decided here`}
            rows={rows.filter(({ released }) => !released)}
            way={wayOfRow}
          />
        </details>
      )}
      <ul aria-label="Ways on" className="border-t border-line-faint">
        {shownWays.map((each) => (
          <li
            key={each.choice}
            className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line-faint px-3.5 py-2 last:border-b-0"
          >
            <Button
              small
              refused={refused ?? each.refused ?? undefined}
              onClick={() => setChosen({ choice: each.choice, version, seen })}
              className="min-w-44 justify-start!"
            >
              {each.verb}
            </Button>
            <span className="min-w-0 flex-1 basis-72 text-xs wrap-anywhere">
              {each.refused ?? each.effects.join(' ')}
            </span>
            {each.choice === 'ours' && sync.reason === 'OwnedElsewhere' && (
              <CopyPatch look="plain" patch={patch} source={source} />
            )}
          </li>
        ))}
      </ul>
      <ResolveDialog
        name={name}
        shown={chosen ?? { version, seen }}
        way={way}
        field={chosen?.field}
        leaves={
          way?.choice === 'release' || (way?.choice === 'theirs' && (live === null || sync.reason === 'BeingDeleted'))
        }
        inCluster={live !== null}
        onStale={(now) => setChosen((was) => was && { ...was, ...now })}
        onClose={() => setChosen(null)}
      />
      <PolicyDialog
        name={name}
        version={version}
        policy={sync.policy}
        stands={{ ...sync, goesFirst: going?.here ?? false }}
        open={policy}
        onClose={() => setPolicy(false)}
      />
    </Panel>
  );
}

/** Who decides one field: we do, and let it go where others hold it, or the cluster. */
function FieldWay({
  row,
  refused,
  policy,
  onChoose,
}: {
  row: FieldRow;
  refused: string | undefined;
  policy: SyncPolicy;
  onChoose: (choice: FieldChoice, field: PoolField) => void;
}) {
  const field = poolFields.find((one) => one === row.field);
  if (field === undefined || !(row.released || row.differs || row.managers.length > 0)) {
    return <span className="text-xs text-ink-3">decided here</span>;
  }
  const way = wayOfField(row.released ? 'decide-field' : 'release-field', row, policy);
  return (
    <div className="flex min-w-40 flex-col items-start gap-1 py-1 narrow:py-0">
      <Button
        small
        aria-label={`${way.verb}: ${field}`}
        refused={refused ?? way.refused ?? undefined}
        onClick={() => onChoose(way.choice, field)}
      >
        {way.verb}
      </Button>
      {way.refused !== null && <span className="max-w-64 text-2xs whitespace-normal text-ink-3">{way.refused}</span>}
    </div>
  );
}

function Facts({
  comparison: { sync, live, rows },
  refused,
  onPolicy,
}: {
  comparison: Comparison;
  refused: string | undefined;
  onPolicy: () => void;
}) {
  const beside = besideOurs(sync, rows);
  return (
    <dl className="grid grid-cols-[max-content_minmax(0,1fr)] items-baseline gap-x-4 gap-y-1.5 text-xs [&>dt]:text-ink-3">
      {sync.message !== null && (
        <>
          <dt>The cluster’s words</dt>
          <dd className="machine text-ink-1">{sync.message}</dd>
        </>
      )}
      {beside.names.length > 0 && (
        <>
          <dt>{beside.what}</dt>
          <dd className="machine text-ink-1">{listed(beside.names)}</dd>
        </>
      )}
      {sync.missing !== null && (
        <>
          <dt>Right missing</dt>
          <dd className="machine text-ink-1">{sync.missing}</dd>
        </>
      )}
      <dt>Owner there</dt>
      <dd>
        {live === null ? (
          <span className="text-ink-3">the cluster has no such pool</span>
        ) : (
          <>
            <span className="machine text-ink-1">{live.owner}</span>
            <span className="text-ink-3">, resource version {live.resourceVersion}</span>
          </>
        )}
      </dd>
      {live?.problems.map(({ field, message }) => (
        <div key={`${field} ${message}`} className="contents">
          <dt>Problem</dt>
          <dd>
            <span className="machine text-ink-1">{field}</span> {message}
          </dd>
        </div>
      ))}
      <dt>Policy</dt>
      <dd className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <span>
          <b>{sync.policy}</b>: {policyWords[sync.policy]}
        </span>
        <Button small refused={refused} onClick={onPolicy}>
          {sync.policy === 'ask' ? 'Enforce instead' : 'Ask instead'}
        </Button>
      </dd>
    </dl>
  );
}
