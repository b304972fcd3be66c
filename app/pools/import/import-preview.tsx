import { writePools } from '../../../core/calico/write.ts';
import type { Pool } from '../../../core/pool/spec.ts';
import { DiffView } from '../../components/diff-view.tsx';
import { Panel } from '../../components/panel.tsx';
import { FindingChip } from '../../components/state-chip.tsx';
import { Tag } from '../../components/tag.tsx';
import type { Outputs } from '../../trpc/client.ts';
import { plural } from '../edit/findings-panel.tsx';

type Plan = Outputs['pools']['previewImport'];

/** More than this is listed by name alone. */
const SHOWN_WHOLE = 50;

/** What the dry run says: pool by pool, with the text that would be there. */
export function ImportPreview({
  plan,
  read,
  stored,
}: {
  plan: Plan;
  /** the pools of the text */
  read: ReadonlyMap<string, Pool>;
  stored: ReadonlyMap<string, Pool>;
}) {
  const { created, updated, unchanged, notes, warnings } = plan;
  const all = [
    ...created.map((name) => ({ name, kind: 'created' as const })),
    ...updated.map((name) => ({ name, kind: 'changed' as const })),
  ];
  return (
    <Panel
      title="What it would do"
      lead={`${created.length} created, ${updated.length} changed, ${unchanged.length} unchanged; all of it or nothing`}
      flush
    >
      {notes.length > 0 && (
        <ul className="border-b border-line-faint px-3.5 py-2 text-xs">
          {notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
      {warnings.length > 0 && (
        <ul aria-label="Warnings" className="divide-y divide-line-faint border-b border-line-faint">
          {warnings.slice(0, SHOWN_WHOLE).map(({ pool, code, message }) => (
            <li key={`${pool} ${code} ${message}`} className="flex flex-wrap items-start gap-x-3 gap-y-1 px-3.5 py-2.5">
              <FindingChip kind="warning">Look</FindingChip>
              <span className="min-w-40 flex-1 wrap-anywhere">
                <b>{pool}</b> {message} <span className="machine text-2xs text-ink-3">{code}</span>
              </span>
            </li>
          ))}
          {warnings.length > SHOWN_WHOLE && (
            <li className="px-3.5 py-2 text-xs">and {plural(warnings.length - SHOWN_WHOLE, 'more warning')}</li>
          )}
        </ul>
      )}
      <ul className="divide-y divide-line-faint">
        {all.slice(0, SHOWN_WHOLE).map(({ name, kind }) => {
          const before = stored.get(name);
          const after = read.get(name);
          return (
            <li key={name} className="py-2">
              <p className="flex flex-wrap items-center gap-2 px-3.5">
                <b className="break-words">{name}</b>
                <span className="machine">{after?.spec.cidr}</span>
                <Tag outline>{kind}</Tag>
              </p>
              {after !== undefined && (
                <DiffView
                  label={`Text diff of ${name}`}
                  before={before === undefined ? '' : writePools([before], 'v3')}
                  after={writePools([after], 'v3')}
                />
              )}
            </li>
          );
        })}
        {all.length > SHOWN_WHOLE && (
          <li className="px-3.5 py-2 text-xs">
            and {plural(all.length - SHOWN_WHOLE, 'more pool')}:{' '}
            {all
              .slice(SHOWN_WHOLE, SHOWN_WHOLE + 200)
              .map(({ name }) => name)
              .join(', ')}
          </li>
        )}
        {unchanged.length > 0 && (
          <li className="px-3.5 py-2 text-xs text-ink-3">Unchanged: {unchanged.slice(0, 200).join(', ')}</li>
        )}
      </ul>
    </Panel>
  );
}
