import Link from 'next/link';
import { copyPatch, isTigeras } from '../../core/cluster/copy-patch.ts';
import { Checkbox } from '../components/checkbox.tsx';
import { FindingChip } from '../components/state-chip.tsx';
import { beforeLead, HeadRow, Table, Tbody, Td, Th, Thead, Tr } from '../components/table.tsx';
import { Tag } from '../components/tag.tsx';
import { deletionWaits } from '../pools/deletion-waits.ts';
import { KindTag, TrafficFromText, TrafficToText, ViolationsChip } from '../pools/facet-cells.tsx';
import { poolPath } from '../pools/paths.ts';
import type { Outputs } from '../trpc/client.ts';
import { CopyPatch } from './copy-patch.tsx';
import { adoptable, classWords, followedWords, isOdd } from './other-pools.ts';
import { sourceWords } from './source-words.ts';

export type LivePool = Outputs['cluster']['pools']['pools'][number];

/** One row a pool: what it does, who decides about it and what that was told from, and what it breaks. */
export function OtherPoolsTable({
  pools,
  all,
  known,
  api,
  selected,
  onSelect,
}: {
  pools: readonly LivePool[];
  /** those that the box in the head selects */
  all: readonly LivePool[];
  /** every pool of the cluster */
  known: readonly LivePool[];
  api: 'v3' | 'v1';
  selected: ReadonlySet<string>;
  onSelect: (names: ReadonlySet<string>) => void;
}) {
  const open = all.filter(adoptable).map(({ name }) => name);
  const tigeras = known.filter(isTigeras);
  const every = open.length > 0 && open.every((name) => selected.has(name));
  function toggle(name: string): void {
    const next = new Set(selected);
    if (!next.delete(name)) next.add(name);
    onSelect(next);
  }
  return (
    <Table label="Pools that are not ours">
      <Thead>
        <HeadRow>
          <Th keep={open.length > 0} className="w-10 narrow:w-full">
            {open.length > 0 && (
              <Checkbox
                aria-label="Select all that may be adopted"
                checked={every}
                partly={!every && open.some((name) => selected.has(name))}
                onChange={() => onSelect(new Set(every ? [] : open))}
              />
            )}
            {open.length > 0 && (
              <span aria-hidden className="ml-2.5 hidden narrow:inline">
                All that may be adopted
              </span>
            )}
          </Th>
          <Th>Pool</Th>
          <Th>CIDR</Th>
          <Th>Traffic from it</Th>
          <Th>Traffic to it</Th>
          <Th>Owner</Th>
          <Th>Breaks</Th>
          <Th />
        </HeadRow>
      </Thead>
      <Tbody>
        {pools.map((pool) => (
          <Tr key={pool.name} className={selected.has(pool.name) ? 'bg-surface-selected' : 'hover:bg-surface-2'}>
            <Td className={beforeLead}>
              {adoptable(pool) && (
                <Checkbox
                  checked={selected.has(pool.name)}
                  onChange={() => toggle(pool.name)}
                  aria-label={`Select ${pool.name}`}
                />
              )}
            </Td>
            <Td>
              <span className="inline-flex items-center gap-2">
                {/* 253 characters are allowed, and must not push who owns it out of sight */}
                <Link
                  href={poolPath(pool.name)}
                  title={pool.name}
                  className="block max-w-56 truncate rounded-sm font-[550] text-ink-1 -outline-offset-1 hover:underline"
                >
                  {pool.name}
                </Link>
                {pool.spec !== null && pool.facets !== null && <KindTag facets={pool.facets} spec={pool.spec} />}
                {(pool.deleting || pool.deletion !== null) && <Tag>being deleted</Tag>}
              </span>
            </Td>
            <Td label="CIDR" className="machine text-ink-1">
              {pool.spec?.cidr ?? <span className="text-ink-3">not readable</span>}
            </Td>
            <Td label="Traffic from it">
              {pool.spec !== null && pool.facets !== null && decides(pool) && (
                <>
                  <TrafficFromText facets={pool.facets} spec={pool.spec} decidedBy={pool.decidedBy} />
                  <DecidedBy decidedBy={pool.decidedBy} />
                </>
              )}
            </Td>
            <Td label="Traffic to it">
              {pool.facets !== null && decides(pool) && <TrafficToText facets={pool.facets} />}
            </Td>
            <Td label="Owner" className="py-1">
              <span className="inline-flex flex-wrap items-center gap-x-2">
                <span title={pool.owner} className="machine block max-w-48 truncate text-ink-1">
                  {pool.owner}
                </span>
                <span className="text-xs text-ink-3">
                  {pool.deletion === null ? classWords[pool.class] : 'deleted here'}
                </span>
                {pool.standing === 'foreign' && <Tag>read-only here</Tag>}
              </span>
              <Evidence evidence={pool.evidence} />
            </Td>
            <Td label="Breaks" className={isOdd(pool) ? undefined : 'narrow:hidden'}>
              <span className="inline-flex flex-wrap items-center gap-x-2 gap-y-1 py-1">
                <ViolationsChip violations={pool.violations} />
                <Unreadable pool={pool} />
                {pool.unreadable === null && <Problems problems={pool.problems} />}
                <HeldFast held={pool.heldFast} />
                {!pool.deleting && <Deletion deletion={pool.deletion} />}
              </span>
            </Td>
            <Td className="text-right">
              {pool.standing === 'foreign' && (
                <CopyPatch patch={copyPatch(pool, { all: tigeras, api })} source={sourceWords(pool)} />
              )}
            </Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}

/** Of what no node follows it is not said what becomes of traffic. */
const decides = ({ unreadable }: LivePool): boolean => unreadable?.followed !== false;

/** Which pool decides in place of its own field. */
function DecidedBy({ decidedBy }: { decidedBy: LivePool['decidedBy'] }) {
  const [first] = decidedBy?.by ?? [];
  if (decidedBy === null || first === undefined) return null;
  const more = decidedBy.count - 1;
  return (
    <span className="flex max-w-56 gap-1 text-2xs text-ink-3">
      by
      <Link href={poolPath(first)} title={first} className="link truncate">
        {first}
      </Link>
      {more > 0 && <span className="whitespace-nowrap">and {more.toLocaleString('en-US')} more</span>}
    </span>
  );
}

/** What the owner was told from. */
function Evidence({ evidence }: { evidence: LivePool['evidence'] }) {
  if (evidence === null) return <span className="block text-2xs text-ink-3">told from nothing</span>;
  const { field, value } = evidence;
  return (
    <span className="block max-w-80 text-2xs wrap-anywhere whitespace-normal text-ink-3">
      told from <span className="machine">{field.replace('metadata.', '')}</span>{' '}
      <span className="machine text-ink-2">{value}</span>
    </span>
  );
}

/** It is no longer decided here, and the cluster refuses to take our name from it. */
function HeldFast({ held }: { held: LivePool['heldFast'] }) {
  if (held === null) return null;
  return (
    <>
      <FindingChip kind="warning" title={held.message}>
        Not let go
      </FindingChip>
      <span className="block max-w-64 truncate text-xs narrow:whitespace-normal">{held.message}</span>
    </>
  );
}

/** It was deleted here, and is there still: why. */
function Deletion({ deletion }: { deletion: LivePool['deletion'] }) {
  if (deletion === null) return null;
  return (
    <>
      <FindingChip kind="warning" title={deletion.refused?.message}>
        Not gone
      </FindingChip>
      <span className="block max-w-80 text-xs whitespace-normal wrap-anywhere">{deletionWaits(deletion.refused)}</span>
    </>
  );
}

/** Calico cannot read it as it stands: why, and what follows. */
function Unreadable({ pool: { unreadable, standing, deleting, deletion } }: { pool: LivePool }) {
  if (unreadable === null) return null;
  const mended =
    standing === 'observed' && !deleting && deletion === null ? 'It can be adopted once it is mended there.' : '';
  return (
    <>
      <FindingChip kind="error" title={unreadable.why}>
        Cannot be read
      </FindingChip>
      <span className="block max-w-80 text-xs whitespace-normal wrap-anywhere">
        {unreadable.why}; {followedWords(unreadable)}. {mended}
      </span>
    </>
  );
}

function Problems({ problems }: { problems: LivePool['problems'] }) {
  const [first] = problems;
  if (first === undefined) return null;
  return (
    <>
      <FindingChip kind="error" title={problems.map(({ field, message }) => `${field}: ${message}`).join('\n')}>
        {problems.length === 1 ? 'Problem' : `${problems.length} problems`}
      </FindingChip>
      <span className="block max-w-64 truncate text-xs narrow:whitespace-normal">
        <span className="machine text-ink-1">{first.field}</span> {first.message}
      </span>
    </>
  );
}
