'use client';
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useState } from 'react';
import { Button } from '../components/button.tsx';
import { Checkbox } from '../components/checkbox.tsx';
import { ErrorPanel } from '../components/error-panel.tsx';
import { Panel } from '../components/panel.tsx';
import { beforeLead, HeadRow, Table, Tbody, Td, Th, Thead, Tr } from '../components/table.tsx';
import { poolPath } from '../pools/paths.ts';
import { useRefusal } from '../shell/session.tsx';
import { type Outputs, useTRPC } from '../trpc/client.ts';
import { MadeAgainDialog } from './made-again-dialog.tsx';
import { differsText, type MadeAgainChoice, selectedWords } from './made-again-effects.ts';

type MadeAgain = Outputs['cluster']['previewMadeAgain'];

/** Rows shown at once; "select all" takes all that the server told. */
const SHOWN = 200;

/** Pools of ours that a restored backup, or somebody, made again in the cluster: decided about many at a time. */
export function MadeAgainPanel({ open }: { open: boolean }) {
  const trpc = useTRPC();
  const query = useQuery(trpc.cluster.previewMadeAgain.queryOptions(undefined, { enabled: open }));
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [choice, setChoice] = useState<MadeAgainChoice | null>(null);
  const { pools, total } = (open ? query.data : undefined) ?? none;
  const chosen = pools.filter(({ name, refused }) => refused === null && selected.has(name));
  return (
    <>
      {open && query.isError && <ErrorPanel error={query.error} onRetry={() => void query.refetch()} />}
      {pools.length > 0 && (
        <Listed
          pools={pools}
          total={total}
          selected={selected}
          chosen={chosen.length}
          onSelect={setSelected}
          onChoose={setChoice}
        />
      )}
      <MadeAgainDialog pools={chosen} choice={choice} onClose={() => setChoice(null)} />
    </>
  );
}

const none: MadeAgain = { pools: [], total: 0 };

function Listed({
  pools,
  total,
  selected,
  chosen,
  onSelect,
  onChoose,
}: MadeAgain & {
  selected: ReadonlySet<string>;
  chosen: number;
  onSelect: (names: ReadonlySet<string>) => void;
  onChoose: (choice: MadeAgainChoice) => void;
}) {
  const refused = useRefusal('editor') ?? (chosen === 0 ? 'Select what is to be decided about.' : undefined);
  const open = pools.filter((pool) => pool.refused === null).map(({ name }) => name);
  const every = open.length > 0 && open.every((name) => selected.has(name));
  const title = `${total.toLocaleString('en-US')} ${total === 1 ? 'pool' : 'pools'} of ours made again by others`;
  return (
    <Panel
      label={title}
      title={<span className="whitespace-normal">{title}</span>}
      lead="deleted in the cluster and made there anew, as a restored backup does"
      flush
      className="border-outofsync-bd"
      footer={
        total > Math.min(pools.length, SHOWN)
          ? `The first ${Math.min(pools.length, SHOWN)} of ${total.toLocaleString('en-US')}; the box at the top selects ${pools.length.toLocaleString('en-US')} at once.`
          : undefined
      }
    >
      <div className="flex flex-wrap items-center gap-2 border-b border-line-faint px-3.5 py-2">
        <span role="status" className="mr-auto text-xs text-ink-2 tabular-nums">
          {selectedWords(chosen, { open: open.length, atOnce: pools.length, total })}
        </span>
        <Button refused={refused} onClick={() => onChoose('theirs')}>
          Take theirs
        </Button>
        <Button refused={refused} onClick={() => onChoose('ours')}>
          Apply ours by force
        </Button>
      </div>
      <Table label={title}>
        <Thead>
          <HeadRow>
            <Th keep={open.length > 0} className="w-10 narrow:w-full">
              {open.length > 0 && (
                <Checkbox
                  aria-label="Select all that were made again"
                  checked={every}
                  partly={!every && open.some((name) => selected.has(name))}
                  onChange={() => onSelect(new Set(every ? [] : open))}
                />
              )}
              {open.length > 0 && (
                <span aria-hidden className="ml-2.5 hidden narrow:inline">
                  All that were made again
                </span>
              )}
            </Th>
            <Th>Pool</Th>
            <Th>CIDR</Th>
            <Th>Desired → in the cluster</Th>
          </HeadRow>
        </Thead>
        <Tbody>
          {pools.slice(0, SHOWN).map(({ name, cidr, differing, refused: why }) => (
            <Tr key={name} className={selected.has(name) ? 'bg-surface-selected' : 'hover:bg-surface-2'}>
              <Td className={beforeLead}>
                {why === null && (
                  <Checkbox
                    checked={selected.has(name)}
                    onChange={() => onSelect(toggled(selected, name))}
                    aria-label={`Select ${name}`}
                  />
                )}
              </Td>
              <Td>
                <Link
                  href={poolPath(name)}
                  title={name}
                  className="block max-w-56 truncate rounded-sm font-[550] text-ink-1 -outline-offset-1 hover:underline"
                >
                  {name}
                </Link>
              </Td>
              <Td label="CIDR" className="machine text-ink-1">
                {cidr}
              </Td>
              <Td label="Differs" className="text-xs wrap-anywhere">
                {why ?? differsText(differing)}
              </Td>
            </Tr>
          ))}
        </Tbody>
      </Table>
    </Panel>
  );
}

function toggled(selected: ReadonlySet<string>, name: string): ReadonlySet<string> {
  const next = new Set(selected);
  if (!next.delete(name)) next.add(name);
  return next;
}
