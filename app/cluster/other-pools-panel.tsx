'use client';
import { useQuery } from '@tanstack/react-query';
import { Search } from 'lucide-react';
import { useSearchParams } from 'next/navigation';
import { useMemo, useRef, useState } from 'react';
import { Button } from '../components/button.tsx';
import { Empty } from '../components/empty.tsx';
import { ErrorPanel } from '../components/error-panel.tsx';
import { TextInput } from '../components/field.tsx';
import { FilterChip } from '../components/filter-chip.tsx';
import { Kbd } from '../components/kbd.tsx';
import { Panel } from '../components/panel.tsx';
import { useAddressView } from '../components/use-address-view.ts';
import { useKeys } from '../keys/use-keys.ts';
import { useRefusal } from '../shell/session.tsx';
import { useTRPC } from '../trpc/client.ts';
import { AdoptDialog } from './adopt-dialog.tsx';
import {
  adoptable,
  buildOthers,
  isOne,
  othersFilters,
  othersLead,
  othersShown,
  parseOthers,
  tickedIn,
} from './other-pools.ts';
import { OtherPoolsTable } from './other-pools-table.tsx';

/** Rows shown at once; a search finds the rest, and "select all" takes all that it finds. */
const SHOWN = 200;
const words = {
  all: 'All',
  observed: 'May be adopted',
  foreign: 'Owned elsewhere',
  deleting: 'Being deleted',
  unreadable: 'Cannot be read',
} as const;

/** Filters that are shown where there is something to find. */
const RARE: readonly string[] = ['deleting', 'unreadable'];

/** Pools that others made: adopted some or all at once, or left to who owns them. `read`: the cluster was heard at least once. */
export function OtherPoolsPanel({ api, read }: { api: 'v3' | 'v1'; read: boolean }) {
  const trpc = useTRPC();
  const [view, show] = useAddressView(parseOthers, buildOthers);
  const params = useSearchParams();
  const query = useQuery(trpc.cluster.pools.queryOptions());
  const [selected, setSelected] = useState(() => tickedIn(params));
  const [adopting, setAdopting] = useState<readonly string[] | null>(null);
  const search = useRef<HTMLInputElement>(null);
  const refused = useRefusal('editor');
  const pools = query.data?.pools;
  const shown = useMemo(() => othersShown(pools ?? [], view), [pools, view]);
  const all = useMemo(() => othersShown(pools ?? [], { search: '', standing: 'all' }), [pools]);
  const chosen = all.filter((pool) => selected.has(pool.name) && adoptable(pool)).map(({ name }) => name);
  useKeys('Cluster', [
    { keys: 's', label: 'Search in this list', run: () => search.current?.focus() },
    { keys: 'Escape', label: 'Clear the filters', run: () => show({ search: '', standing: 'all' }) },
  ]);
  if (query.isError) return <ErrorPanel error={query.error} onRetry={() => void query.refetch()} />;
  if (pools === undefined) return null;
  return (
    <Panel
      title="Pools that are not ours"
      lead={othersLead(all)}
      flush
      footer={
        shown.length > SHOWN
          ? `The first ${SHOWN} of ${shown.length.toLocaleString('en-US')}: a search finds the rest.`
          : undefined
      }
    >
      {all.length === 0 ? (
        <Empty
          title={
            !read
              ? 'The pools of the cluster were never read.'
              : pools.length === 0
                ? 'The cluster has no pool.'
                : 'Every pool of the cluster is ours.'
          }
        />
      ) : (
        <>
          <search className="flex flex-wrap items-center gap-2 border-b border-line-faint px-3.5 py-2">
            <TextInput
              ref={search}
              type="search"
              aria-label="Search pools that are not ours"
              placeholder="Name, CIDR or owner"
              value={view.search}
              onChange={(event) => show({ search: event.target.value })}
              lead={<Search aria-hidden className="size-3.5 flex-none text-ink-3" />}
              trail={<Kbd>s</Kbd>}
              className="max-w-70"
            />
            <fieldset aria-label="Standing" className="flex min-w-0 flex-wrap items-center gap-1.5">
              {othersFilters
                .map((standing) => ({ standing, count: all.filter((pool) => isOne(pool, standing)).length }))
                .filter(({ standing, count }) => !RARE.includes(standing) || count > 0 || view.standing === standing)
                .map(({ standing, count }) => (
                  <FilterChip
                    key={standing}
                    pressed={view.standing === standing}
                    onPress={() => show({ standing })}
                    count={count}
                  >
                    {words[standing]}
                  </FilterChip>
                ))}
            </fieldset>
            <span className="ml-auto flex flex-wrap items-center gap-2">
              <span role="status" className="text-xs text-ink-2 tabular-nums">
                {chosen.length > 0 && `${chosen.length.toLocaleString('en-US')} selected`}
              </span>
              <Button
                look="primary"
                refused={refused ?? (chosen.length === 0 ? 'Select what is to be adopted.' : undefined)}
                onClick={() => setAdopting(chosen)}
              >
                Adopt
              </Button>
            </span>
          </search>
          {shown.length === 0 ? (
            <Empty title="No pool matches these filters.">
              <Button onClick={() => show({ search: '', standing: 'all' })}>Clear the filters</Button>
            </Empty>
          ) : (
            <OtherPoolsTable
              pools={shown.slice(0, SHOWN)}
              all={shown}
              known={pools}
              api={api}
              selected={selected}
              onSelect={setSelected}
            />
          )}
        </>
      )}
      <AdoptDialog
        pools={all.filter(({ name }) => adopting?.includes(name))}
        names={adopting ?? []}
        open={adopting !== null}
        onClose={() => setAdopting(null)}
        onAdopted={() => setSelected(new Set())}
      />
    </Panel>
  );
}
