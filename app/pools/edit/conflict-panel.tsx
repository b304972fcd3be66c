import type { Pool, PoolSpec } from '../../../core/pool/spec.ts';
import { Button } from '../../components/button.tsx';
import { Panel } from '../../components/panel.tsx';
import { FindingChip } from '../../components/state-chip.tsx';
import { HeadRow, Table, Tbody, Td, Th, Thead, Tr } from '../../components/table.tsx';
import { compareThree } from '../merge.ts';

/** Somebody saved the same pool while it was edited here: both values of every field, and two ways on. */
export function ConflictPanel({
  before,
  theirs,
  mine,
  theirVersion,
  refused,
  onKeepMine,
  onTakeTheirs,
}: {
  before: PoolSpec;
  theirs: Pool;
  mine: PoolSpec;
  theirVersion: number;
  /** why mine cannot be kept as it is now */
  refused: string | undefined;
  onKeepMine: () => void;
  onTakeTheirs: () => void;
}) {
  const rows = compareThree(before, theirs.spec, mine);
  return (
    <Panel
      title={`${theirs.name} was changed while you edited it`}
      lead={
        <>
          change <span className="machine">#{theirVersion}</span>; nothing of yours is lost
        </>
      }
      flush
      className="mb-3 border-warning-bd"
      footer={
        <div className="flex flex-wrap items-center gap-2">
          <Button look="primary" refused={refused} onClick={onKeepMine}>
            Keep mine on top of theirs
          </Button>
          <Button onClick={onTakeTheirs}>Take theirs</Button>
          <span>{refused ?? 'Neither saves yet: look at the result, then save.'}</span>
        </div>
      }
    >
      <Table label="Their values beside yours">
        <Thead>
          <HeadRow>
            <Th>Field</Th>
            <Th>{heads.was}</Th>
            <Th>{heads.theirs}</Th>
            <Th>{heads.mine}</Th>
            <Th>{heads.kept}</Th>
          </HeadRow>
        </Thead>
        <Tbody>
          {rows.map(({ field, before: was, theirs: other, mine: own, clash }) => {
            const kept = JSON.stringify(was) === JSON.stringify(own) ? other : own;
            return (
              <Tr key={field}>
                <Td className="machine text-ink-1">{field}</Td>
                <Td label={heads.was}>
                  <Value value={was} />
                </Td>
                <Td label={heads.theirs} className={differs(was, other) ? 'bg-warning-bg' : ''}>
                  <Value value={other} />
                </Td>
                <Td label={heads.mine} className={differs(was, own) ? 'bg-surface-selected' : ''}>
                  <Value value={own} />
                </Td>
                <Td label={heads.kept}>
                  <span className="inline-flex items-center gap-2">
                    <Value value={kept} />
                    {clash && <FindingChip kind="warning">overwrites theirs</FindingChip>}
                  </span>
                </Td>
              </Tr>
            );
          })}
        </Tbody>
      </Table>
    </Panel>
  );
}

const heads = {
  was: 'When you started',
  theirs: 'Theirs, saved',
  mine: 'Yours, not saved',
  kept: 'Keeping yours gives',
} as const;

const differs = (a: unknown, b: unknown): boolean => JSON.stringify(a) !== JSON.stringify(b);

function Value({ value }: { value: unknown }) {
  if (value === undefined) return <span className="text-xs text-ink-3">not set</span>;
  return <span className="machine text-ink-1">{Array.isArray(value) ? value.join(', ') : String(value)}</span>;
}
