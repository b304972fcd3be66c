'use client';
import { useQuery } from '@tanstack/react-query';
import dynamic from 'next/dynamic';
import { useRouter } from 'next/navigation';
import { useDeferredValue, useEffect, useMemo, useState } from 'react';
import { writePools } from '../../../core/calico/write.ts';
import { poolFields } from '../../../core/cluster/compare.ts';
import { parsePoolName, parsePoolSpec } from '../../../core/pool/shape.ts';
import type { Pool } from '../../../core/pool/spec.ts';
import { Button } from '../../components/button.tsx';
import { DiffView } from '../../components/diff-view.tsx';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { Note } from '../../components/note.tsx';
import { Panel } from '../../components/panel.tsx';
import { useDelayed } from '../../components/use-delayed.ts';
import { useKeys } from '../../keys/use-keys.ts';
import { useLeaveGuard } from '../../shell/leave-guard.tsx';
import { useRefusal } from '../../shell/session.tsx';
import { useTRPC } from '../../trpc/client.ts';
import { type Draft, draftOf, editForm, editText, newPool, rereadForm, type SpecChange, withValues } from '../draft.ts';
import { errorsOf, findingsOf, withServerFindings } from '../findings.ts';
import { mineOnTop, sameSpec } from '../merge.ts';
import { poolPath } from '../paths.ts';
import { useAllPools } from '../use-all-pools.ts';
import { lineOf } from '../yaml-edit.ts';
import { ConflictPanel } from './conflict-panel.tsx';
import { FindingsPanel, plural } from './findings-panel.tsx';
import { GonePanel } from './gone-panel.tsx';
import { keep, readKept } from './kept-draft.ts';
import { PoolForm } from './pool-form.tsx';
import { ReleasedNote } from './released-note.tsx';
import { SaveBar } from './save-bar.tsx';
import { type Current, useSave } from './use-save.ts';

const YamlEditor = dynamic(() => import('./yaml-editor.tsx'), { ssr: false });

/**
 * Create (`stored` is null) and edit. `stored` is the pool as it was when editing began or was last merged; `gone`: it was
 * deleted since.
 */
export function PoolEditor({
  stored,
  live,
  gone,
  released = [],
}: {
  stored: Current | null;
  live: Current | null;
  gone: boolean;
  /** fields that the cluster decides */
  released?: readonly string[];
}) {
  const router = useRouter();
  const [base, setBase] = useState(stored);
  const [draft, setDraft] = useState<Draft>(() => draftOf(stored?.pool ?? newPool));
  const [reason, setReason] = useState('');
  const [conflict, setConflict] = useState<Current | null>(null);
  const [restored, setRestored] = useState(false);
  const keptName = stored?.pool.name ?? null;
  const others = useAllPools();
  const refused = useRefusal('editor');

  const start = base?.pool ?? newPool;
  const dirty =
    draft.problems.length > 0 || draft.values.name !== start.name || !sameSpec(draft.values.spec, start.spec);
  const save = useSave({
    onSaved: (name) => {
      keep(keptName, null);
      setBase({ pool: draft.values, version: -1 });
      setSaved(true);
      router.push(poolPath(name));
    },
    onConflict: setConflict,
  });
  const [saved, setSaved] = useState(false);
  useLeaveGuard(dirty && !saved ? lossOf(base) : null);

  useEffect(() => {
    const kept = readKept(keptName);
    if (kept === null) return;
    setDraft(kept.draft);
    setReason(kept.reason);
    // a page of an older version kept none
    if (kept.base) setBase(kept.base);
    setRestored(true);
  }, [keptName]);
  useEffect(() => {
    if (!saved) keep(keptName, dirty ? { draft, reason, base } : null);
  }, [keptName, dirty, draft, reason, base, saved]);

  const values = useDeferredValue(draft.values);
  const list: Pool[] = useMemo(() => (others.pools ?? []).map(({ name, spec }) => ({ name, spec })), [others.pools]);
  const ours = useMemo(() => findingsOf(values, list, base?.pool), [values, list, base]);
  const server = useServerPreview(values);
  const untouched = base === null && !dirty;
  const findings = useMemo(
    () => (untouched ? [] : withServerFindings(ours, server.answer)),
    [untouched, ours, server.answer],
  );
  const errors = errorsOf(findings).length + draft.problems.length;
  const badLines = useMemo(
    () => [
      ...draft.problems.map(({ line }) => line),
      ...(draft.problems.length > 0
        ? []
        : errorsOf(findings)
            .map(({ field }) => lineOf(draft.text, field))
            .filter((line) => line !== null)),
    ],
    [draft, findings],
  );

  const deleted = gone && base !== null && !saved;
  const theirs =
    deleted || saved
      ? null
      : (conflict ?? (base !== null && live !== null && live.version > base.version ? live : null));
  const blocked = blockedBy({ refused, conflict: theirs !== null || deleted, errors, dirty, pending: save.pending });
  const run = (): void => {
    if (blocked !== null) return;
    save.save({ pool: draft.values, base, reason });
  };
  useKeys('Editor', [{ keys: 'mod+Enter', label: 'Save', run }]);

  function settle(next: Draft): void {
    setDraft(next);
    setBase(theirs);
    setConflict(null);
  }
  const before = base === null ? '' : writePools([base.pool], 'v3');
  return (
    <div className="pb-20 narrow:pb-0">
      {restored && dirty && (
        <Note role="status" className="mb-3">
          <span className="flex flex-wrap items-center gap-2">
            This is what you typed before you left the page.
            <Button
              small
              onClick={() => {
                setBase(live ?? stored);
                setDraft(draftOf((live ?? stored)?.pool ?? newPool));
                setReason('');
                setRestored(false);
              }}
            >
              {base === null ? 'Start anew' : 'Go back to what is saved'}
            </Button>
          </span>
        </Note>
      )}
      {released.length > 0 && base !== null && (
        <ReleasedNote
          released={poolFields.filter((field) => released.includes(field))}
          live={live?.pool}
          base={base.pool.spec}
          draft={draft.values}
        />
      )}
      {deleted && (
        <GonePanel
          name={base.pool.name}
          onCreate={() => setBase(null)}
          onGiveUp={() => {
            keep(keptName, null);
            setSaved(true);
            router.push('/pools');
          }}
        />
      )}
      {theirs !== null && base !== null && (
        <ConflictPanel
          before={base.pool.spec}
          theirs={theirs.pool}
          mine={draft.values.spec}
          theirVersion={theirs.version}
          refused={draft.problems.length > 0 ? 'Make the YAML readable first, or it would be lost.' : undefined}
          onKeepMine={() => settle(withValues(draft, mineOnTop(base.pool.spec, theirs.pool, draft.values.spec)))}
          onTakeTheirs={() => settle(draftOf(theirs.pool))}
        />
      )}
      <div className="grid items-start gap-3 lg:grid-cols-2 xl:grid-cols-3">
        <PoolForm
          pool={draft.values}
          findings={findings}
          creating={base === null}
          onName={(name) => setDraft(editForm(draft, { name }))}
          onSpec={(spec: SpecChange) => setDraft(editForm(draft, { spec }))}
        />
        <Panel title="YAML" lead="edits both ways" flush className="min-h-80">
          <YamlEditor
            text={draft.text}
            label="YAML of the pool"
            badLines={badLines}
            readOnly={false}
            onChange={(text) => {
              if (text !== draft.text) setDraft(editText(draft, text));
            }}
          />
        </Panel>
        <FindingsPanel
          findings={findings}
          untouched={untouched}
          problems={draft.problems}
          checked={
            others.complete
              ? `Checked against ${plural(list.length, 'pool')} as you type. ${server.words}`
              : `Checked against the ${list.length} pools read so far; more are being read.`
          }
          onFix={(spec) => setDraft(editForm(draft, { spec }))}
          onBackToForm={() => setDraft(rereadForm(draft))}
        />
      </div>
      {dirty && draft.problems.length === 0 && (
        <Panel
          title="What will be saved"
          lead={base === null ? 'a new pool' : `against change #${base.version}`}
          flush
          className="mt-3"
        >
          <DiffView label="Text diff" before={before} after={writePools([draft.values], 'v3')} />
        </Panel>
      )}
      {save.error !== null && <ErrorPanel error={save.error} className="mt-3" />}
      <SaveBar
        blocked={blocked}
        warnings={findings.filter(({ kind }) => kind !== 'error').length}
        tone={errors > 0 || theirs !== null || deleted ? 'error' : 'quiet'}
        reason={reason}
        onReason={setReason}
        label={base === null ? 'Create the pool' : 'Save the change'}
        cancel={base === null ? '/pools' : poolPath(base.pool.name)}
        onSave={run}
      />
    </div>
  );
}

/** The server's own check of the draft, asked when typing pauses. */
function useServerPreview(values: Pool) {
  const trpc = useTRPC();
  const asked = useDelayed(values, 400);
  const readable = parsePoolName(asked.name).ok && parsePoolSpec(asked.spec).ok;
  const query = useQuery(
    trpc.pools.preview.queryOptions(asked, { enabled: readable, retry: false, staleTime: 0, refetchInterval: false }),
  );
  const current = readable && asked === values && query.data !== undefined;
  return {
    answer: current ? query.data : undefined,
    words: current ? 'The server agrees.' : query.isFetching ? 'The server is being asked.' : '',
  };
}

function blockedBy(state: {
  refused: string | undefined;
  conflict: boolean;
  errors: number;
  dirty: boolean;
  pending: boolean;
}): string | null {
  if (state.refused !== undefined) return state.refused;
  if (state.conflict) return 'Choose above what to do with the other change.';
  if (state.errors > 0) return `Save is blocked by ${plural(state.errors, 'error')}.`;
  if (!state.dirty) return 'Nothing is changed yet.';
  return state.pending ? 'It is being saved.' : null;
}

const lossOf = (base: Current | null): string =>
  base === null ? 'The new pool is not saved.' : `Your changes of ${base.pool.name} are not saved.`;
