'use client';
import { Plus, Upload } from 'lucide-react';
import { useMemo } from 'react';
import { Button, ButtonLink } from '../../components/button.tsx';
import { Empty } from '../../components/empty.tsx';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { Kbd } from '../../components/kbd.tsx';
import { Loading } from '../../components/loading.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { Panel } from '../../components/panel.tsx';
import { DesiredAndProgrammed } from '../../components/truths.tsx';
import { useAddressView } from '../../components/use-address-view.ts';
import { useKeys } from '../../keys/use-keys.ts';
import { useRefusal } from '../../shell/session.tsx';
import { useClusterMode } from '../../trpc/cluster-mode.ts';
import { buildListView, isFiltered, parseListView, withoutFilters } from '../list-view.ts';
import { type ListedPool, makeRows, visibleRows } from '../rows.ts';
import { useAllPools } from '../use-all-pools.ts';
import { DecidedNote } from './decided-note.tsx';
import { EmptyPools, OtherExample } from './empty-pools.tsx';
import { ExportMenu } from './export-menu.tsx';
import { Filters, SEARCH_ID } from './filters.tsx';
import { PoolTable } from './pool-table.tsx';
import { useChanged } from './use-changed.ts';

export function PoolsPage() {
  const { pools, total, complete, error, refetch } = useAllPools();
  const [view, change] = useAddressView(parseListView, buildListView);
  const rows = useMemo(() => makeRows(pools ?? []), [pools]);
  const shown = useMemo(() => visibleRows(rows, view), [rows, view]);
  const changed = useChanged(complete ? pools : undefined);
  const selectedPools = useMemo(() => {
    const names = new Set(view.selected);
    return (pools ?? []).filter(({ name }) => names.has(name));
  }, [pools, view.selected]);
  const refused = useRefusal('editor');
  const cluster = useClusterMode();
  const empty = complete && pools?.length === 0;
  useKeys('Pools', [
    { keys: 's', label: 'Search in this list', run: () => document.getElementById(SEARCH_ID)?.focus() },
    {
      keys: 'Escape',
      label: 'Leave the search, then clear the filters',
      run: () => leaveSearchOr(() => change(withoutFilters(view))),
    },
  ]);
  return (
    <>
      <PageHeader
        title="Pools"
        actions={
          <>
            <ButtonLink href="/pools/import">
              <Upload aria-hidden />
              Import YAML
            </ButtonLink>
            {!empty && <ExportMenu />}
            {refused === undefined ? (
              <ButtonLink href="/pools/new" look={empty ? 'plain' : 'primary'}>
                <Plus aria-hidden />
                New pool or exemption
              </ButtonLink>
            ) : (
              <Button refused={refused}>
                <Plus aria-hidden />
                New pool or exemption
              </Button>
            )}
          </>
        }
        truths={
          <DesiredAndProgrammed
            note={empty ? undefined : <FacetsNote counted={rows.length} total={total} complete={complete} />}
          />
        }
      />
      <DecidedNote />
      {error !== null && <ErrorPanel error={error} onRetry={() => void refetch()} className="mb-3" />}
      {empty && <EmptyPools />}
      {!empty && pools === undefined && error === null && <Loading what="pools" />}
      {!empty && pools !== undefined && (
        <>
          <Filters rows={rows} view={view} cluster={cluster} onChange={change} />
          <Panel label="Pools" flush footer={<Footer shown={shown.length} total={total} complete={complete} />}>
            {selectedPools.length > 0 && <Selection pools={selectedPools} onClear={() => change({ selected: [] })} />}
            {shown.length > 0 ? (
              <PoolTable rows={shown} view={view} changed={changed} cluster={cluster} onChange={change} />
            ) : (
              <Empty
                title={
                  complete
                    ? 'No pool matches these filters.'
                    : 'None of the pools read so far matches these filters; more are being read.'
                }
              >
                {isFiltered(view) && <Button onClick={() => change(withoutFilters(view))}>Clear the filters</Button>}
              </Empty>
            )}
          </Panel>
          <OtherExample pools={pools} />
        </>
      )}
    </>
  );
}

/** What the facets are of; while not all pools are here, which ones the filters count. */
function FacetsNote({ counted, total, complete }: { counted: number; total: number; complete: boolean }) {
  return (
    <>
      <span role="status" className="text-ink-1 tabular-nums">
        {!complete && total > 0 && `Counted so far: ${number(counted)} of ${number(total)} pools; more are being read.`}
      </span>
      {complete && 'Facets show desired; Nodes and NATed show programmed.'}
    </>
  );
}

function Selection({ pools, onClear }: { pools: readonly ListedPool[]; onClear: () => void }) {
  return (
    <div className="flex flex-wrap items-center gap-2 border-b border-line bg-surface-selected px-3.5 py-1.5">
      <span role="status" className="text-xs text-ink-1 tabular-nums">
        {pools.length.toLocaleString('en-US')} selected
      </span>
      <ExportMenu pools={pools} small counted />
      <Button small look="ghost" onClick={onClear}>
        Clear the selection
      </Button>
    </div>
  );
}

function Footer({ shown, total, complete }: { shown: number; total: number; complete: boolean }) {
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
      <span className="tabular-nums">
        {shown === total
          ? `${number(total)} ${total === 1 ? 'pool' : 'pools'}`
          : `${number(shown)} of ${number(total)} pools`}
        {!complete && ', more are being read'}
      </span>
      <span className="flex items-center gap-1 narrow:hidden">
        <Kbd>j</Kbd>
        <Kbd>k</Kbd> move
      </span>
      <span className="flex items-center gap-1 narrow:hidden">
        <Kbd>↵</Kbd> open
      </span>
      <span className="flex items-center gap-1 narrow:hidden">
        <Kbd>e</Kbd> edit
      </span>
      <span className="flex items-center gap-1 narrow:hidden">
        <Kbd>x</Kbd> select
      </span>
      <span className="ml-auto narrow:ml-0">
        Exempt ranges are not NATed to from <b>any</b> pool. <code>disabled</code> stops allocation only.
      </span>
    </div>
  );
}

const number = (value: number): string => value.toLocaleString('en-US');

function leaveSearchOr(clear: () => void): void {
  const focused = document.activeElement;
  if (focused instanceof HTMLInputElement && focused.id === SEARCH_ID) focused.blur();
  else clear();
}
