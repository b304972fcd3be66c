'use client';
import { Box, Search, TriangleAlert } from 'lucide-react';
import { useMemo } from 'react';
import { syncStates } from '../../../core/cluster/sync-state.ts';
import { TextInput } from '../../components/field.tsx';
import { FilterChip } from '../../components/filter-chip.tsx';
import { Kbd } from '../../components/kbd.tsx';
import { Segmented } from '../../components/segmented.tsx';
import { syncSign } from '../../components/state-chip.tsx';
import { Swatch } from '../../components/verdict.tsx';
import { facetFilters, type ListView } from '../list-view.ts';
import { hasFacet, type Row } from '../rows.ts';

export const SEARCH_ID = 'pool-search';

const chips: Record<ListView['facet'], { word: string; icon?: React.ReactNode }> = {
  all: { word: 'All' },
  allocates: { word: 'Allocates', icon: <Box aria-hidden /> },
  nats: { word: 'NATs', icon: <Swatch verdict="SNAT" /> },
  exempt: { word: 'Exempt', icon: <Swatch verdict="NO_SNAT" /> },
  violations: { word: 'Violations', icon: <TriangleAlert aria-hidden /> },
};

export function Filters({
  rows,
  view,
  cluster,
  onChange,
}: {
  rows: readonly Row[];
  view: ListView;
  cluster: boolean;
  onChange: (change: Partial<ListView>) => void;
}) {
  const counts = useMemo(
    () =>
      Object.fromEntries(
        facetFilters.map((facet) => [facet, rows.filter((row) => hasFacet(row, facet)).length]),
      ) as Record<ListView['facet'], number>,
    [rows],
  );
  return (
    <search className="mb-2.5 flex flex-wrap items-center gap-2">
      <TextInput
        id={SEARCH_ID}
        type="search"
        aria-label="Search pools"
        placeholder="Name, CIDR, or an address inside one"
        value={view.search}
        onChange={(event) => onChange({ search: event.target.value })}
        lead={<Search aria-hidden className="size-3.5 flex-none text-ink-3" />}
        trail={<Kbd>s</Kbd>}
        className="max-w-76 [&_input::-webkit-search-cancel-button]:hidden"
      />
      <fieldset aria-label="Filters" className="flex min-w-0 flex-wrap items-center gap-1.5">
        {facetFilters.map((facet) => (
          <FilterChip
            key={facet}
            pressed={view.facet === facet}
            onPress={() => onChange({ facet })}
            icon={chips[facet].icon}
            count={counts[facet]}
          >
            {chips[facet].word}
          </FilterChip>
        ))}
      </fieldset>
      {cluster && <SyncFilter rows={rows} view={view} onChange={onChange} />}
      <span className="ml-auto narrow:ml-0">
        <Segmented
          label="Family"
          value={view.family}
          onChange={(family) => onChange({ family })}
          options={[
            { value: 'all', label: 'All' },
            { value: '4', label: 'IPv4' },
            { value: '6', label: 'IPv6' },
          ]}
        />
      </span>
    </search>
  );
}

/** States that no pool is in are left out; the one that is asked for stays. */
function SyncFilter({
  rows,
  view,
  onChange,
}: {
  rows: readonly Row[];
  view: ListView;
  onChange: (change: Partial<ListView>) => void;
}) {
  const count = (state: string): number => rows.filter(({ pool }) => pool.sync?.state === state).length;
  return (
    <fieldset aria-label="Sync state" className="flex min-w-0 flex-wrap items-center gap-1.5">
      {syncStates
        .map((state) => ({ state, pools: count(state) }))
        .filter(({ state, pools }) => pools > 0 || state === view.sync)
        .map(({ state, pools }) => (
          <FilterChip
            key={state}
            pressed={view.sync === state}
            onPress={() => onChange({ sync: view.sync === state ? 'all' : state })}
            icon={syncSign(state)}
            count={pools}
          >
            {state}
          </FilterChip>
        ))}
    </fieldset>
  );
}
