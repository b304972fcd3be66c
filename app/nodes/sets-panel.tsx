'use client';
import { clsx } from 'clsx';
import { useMemo, useState } from 'react';
import { prefixOfPool } from '../../core/nat/counted-pools.ts';
import { formatPrefix } from '../../core/net/prefix.ts';
import type { Pool } from '../../core/pool/spec.ts';
import type { Program } from '../../core/rules/model.ts';
import type { ReportedFamily } from '../../core/wire/report.ts';
import { Button } from '../components/button.tsx';
import { Panel } from '../components/panel.tsx';
import { membersOf } from './difference.ts';

const STEP = 100;

/** Our sets with what counts in them; members that nobody asked for and members that lack are marked. */
export function SetsPanel({
  held,
  wanted,
  word,
  pools,
  family,
}: {
  held: ReportedFamily;
  wanted: Program | null;
  /** `desired`, or `wanted` where a cluster says it */
  word: string;
  pools: readonly Pool[];
  family: '4' | '6';
}) {
  const names = useMemo(() => poolNames(pools), [pools]);
  const marks = useMemo(() => (wanted === null ? null : membersOf(wanted, held)), [wanted, held]);
  return (
    <Panel title="Sets" lead={`IPv${family}, members with connections NATed`}>
      {held.sets.length === 0 && <p className="text-ink-3">No set was read back for IPv{family}.</p>}
      <div className="flex flex-col gap-3">
        {held.sets.map((set) => (
          <SetMembers
            key={set.name}
            set={set}
            missing={marks?.get(set.name)?.missing ?? []}
            extra={marks?.get(set.name)?.extra ?? new Set()}
            word={word}
            wanted={wanted?.sets.find(({ name }) => name === set.name)?.members.length ?? null}
            poolOf={(cidr) => names.get(cidr)}
          />
        ))}
      </div>
    </Panel>
  );
}

function SetMembers({
  set: { name, members },
  missing,
  extra,
  word,
  wanted,
  poolOf,
}: {
  set: ReportedFamily['sets'][number];
  missing: readonly string[];
  extra: ReadonlySet<string>;
  word: string;
  wanted: number | null;
  poolOf: (cidr: string) => string | undefined;
}) {
  const [shown, setShown] = useState(STEP);
  const counted = name.startsWith('outgate-src-');
  const differs = missing.length > 0 || extra.size > 0;
  // what differs comes first: in a set of thousands it would not be found
  const rows = [
    ...missing.map((cidr) => ({ cidr, kind: 'missing' as const, packets: 0 })),
    ...members.filter(({ cidr }) => extra.has(cidr)).map((member) => ({ ...member, kind: 'extra' as const })),
    ...members.filter(({ cidr }) => !extra.has(cidr)).map((member) => ({ ...member, kind: 'same' as const })),
  ];
  return (
    <section aria-label={name}>
      <h3 className="flex items-center gap-2 text-xs">
        <span className="machine text-ink-1">{name}</span>
        <span className={clsx('ml-auto text-2xs tabular-nums', differs ? 'font-medium text-drifted-fg' : 'text-ink-3')}>
          {members.length.toLocaleString('en-US')}
          {wanted !== null && (differs ? `, ${word} ${wanted.toLocaleString('en-US')}` : `, as ${word}`)}
        </span>
      </h3>
      <ul className="mt-1">
        {rows.slice(0, shown).map(({ cidr, kind, packets }) => (
          <li
            key={`${kind} ${cidr}`}
            className={clsx(
              'flex min-h-6 items-center gap-2 border-b border-line-faint last:border-b-0',
              kind === 'extra' && 'bg-added-bg',
              kind === 'missing' && 'bg-removed-bg',
            )}
          >
            <span className="machine flex-none text-ink-1">
              {kind === 'extra' ? '+ ' : kind === 'missing' ? '- ' : ''}
              {cidr}
            </span>
            <span className="min-w-0 flex-1 truncate text-xs">
              {kind === 'missing'
                ? `${word}, not in the kernel`
                : (poolOf(cidr) ?? (kind === 'extra' ? 'no pool has this' : ''))}
            </span>
            {counted && kind !== 'missing' && (
              <span className="text-2xs text-ink-3 tabular-nums">{BigInt(packets).toLocaleString('en-US')}</span>
            )}
          </li>
        ))}
        {rows.length === 0 && <li className="text-xs text-ink-3">empty</li>}
      </ul>
      {rows.length > shown && (
        <Button small look="ghost" onClick={() => setShown(shown + 10 * STEP)}>
          {(rows.length - shown).toLocaleString('en-US')} more
        </Button>
      )}
    </section>
  );
}

/** The pool behind each member: of pools with the same CIDR the one with the lowest name counts. */
function poolNames(pools: readonly Pool[]): Map<string, string> {
  const names = new Map<string, string>();
  for (const pool of pools) {
    const prefix = prefixOfPool(pool);
    if (prefix === undefined) continue;
    const cidr = formatPrefix(prefix);
    const known = names.get(cidr);
    if (known === undefined || pool.name < known) names.set(cidr, pool.name);
  }
  return names;
}
