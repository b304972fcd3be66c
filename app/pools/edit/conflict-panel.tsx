import type { Pool, PoolSpec } from '../../../core/pool/spec.ts';
import { Button } from '../../components/button.tsx';
import { Panel } from '../../components/panel.tsx';
import { FindingChip } from '../../components/state-chip.tsx';
import { Table, Td, Th } from '../../components/table.tsx';
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
        <thead>
          <tr>
            <Th>Field</Th>
            <Th>When you started</Th>
            <Th>Theirs, saved</Th>
            <Th>Yours, not saved</Th>
            <Th>Keeping yours gives</Th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ field, before: was, theirs: other, mine: own, clash }) => {
            const kept = JSON.stringify(was) === JSON.stringify(own) ? other : own;
            return (
              <tr key={field}>
                <Td className="machine text-ink-1">{field}</Td>
                <Td>
                  <Value value={was} />
                </Td>
                <Td className={differs(was, other) ? 'bg-warning-bg' : ''}>
                  <Value value={other} />
                </Td>
                <Td className={differs(was, own) ? 'bg-surface-selected' : ''}>
                  <Value value={own} />
                </Td>
                <Td>
                  <span className="inline-flex items-center gap-2">
                    <Value value={kept} />
                    {clash && <FindingChip kind="warning">overwrites theirs</FindingChip>}
                  </span>
                </Td>
              </tr>
            );
          })}
        </tbody>
      </Table>
    </Panel>
  );
}

const differs = (a: unknown, b: unknown): boolean => JSON.stringify(a) !== JSON.stringify(b);

function Value({ value }: { value: unknown }) {
  if (value === undefined) return <span className="text-xs text-ink-3">not set</span>;
  return <span className="machine text-ink-1">{Array.isArray(value) ? value.join(', ') : String(value)}</span>;
}
