'use client';
import { useMutation, useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { Button } from '../components/button.tsx';
import { DiffView } from '../components/diff-view.tsx';
import { ErrorPanel } from '../components/error-panel.tsx';
import { Field, TextArea } from '../components/field.tsx';
import { Note } from '../components/note.tsx';
import { useKeys } from '../keys/use-keys.ts';
import { plural } from '../pools/edit/findings-panel.tsx';
import { SettingsEffect } from '../settings/settings-effect.tsx';
import { useRefusal } from '../shell/session.tsx';
import { useTRPC } from '../trpc/client.ts';

/** An import may have ten thousand pools. */
const MOST_SHOWN = 10;

/** What a revert would do now, why it cannot, and the reason it needs. It is a new change: nothing is removed. */
export function RevertPanel({ id, onClose }: { id: number; onClose: () => void }) {
  const trpc = useTRPC();
  const router = useRouter();
  const notEditor = useRefusal('editor');
  const preview = useQuery(trpc.changes.previewRevert.queryOptions({ id }, { refetchInterval: false }));
  const lead = `Revert of #${id}: `;
  const [reason, setReason] = useState(lead);
  const revert = useMutation(
    trpc.changes.revert.mutationOptions({
      onSuccess: ({ change }) => {
        if (change !== null) router.replace(`/history?change=${change.id}`, { scroll: false });
      },
    }),
  );
  const conflicts = preview.data?.conflicts ?? [];
  const warnings = preview.data?.warnings ?? [];
  const nothing =
    preview.data !== undefined && conflicts.length === 0 && preview.data.diff.before === preview.data.diff.after;
  const why = reason.replace(lead.trim(), '').trim();
  const refused =
    notEditor ??
    (preview.data === undefined
      ? 'The preview must be here first.'
      : conflicts.length > 0
        ? 'Revert the later changes first, the newest before the others.'
        : nothing
          ? 'Everything is as it was before this change already.'
          : why === ''
            ? 'A revert needs a reason.'
            : revert.isPending
              ? 'It is being saved.'
              : undefined);
  const save = (): void => {
    if (refused === undefined) revert.mutate({ id, reason: reason.trim() });
  };
  useKeys('Revert', [
    { keys: 'mod+Enter', label: 'Revert the change', run: save },
    { keys: 'Escape', label: 'Close the preview', run: onClose },
  ]);
  return (
    <section aria-label="Revert" className="flex flex-col gap-2.5 rounded-md border border-line bg-surface-2 p-3">
      <p className="text-xs text-ink-2">
        A revert is a new change: it is checked, needs a reason, and stands here too. Connections that exist keep the
        address they have.
      </p>
      {preview.isError && <ErrorPanel error={preview.error} onRetry={() => void preview.refetch()} />}
      {conflicts.slice(0, MOST_SHOWN).map(({ target, changes }) => (
        <Note key={target} kind="warning">
          <b>{target}</b> was changed since{changes.length === 0 ? ' in the cluster' : ''}, so it cannot be taken back
          alone
          {changes.length > 0 && ': '}
          {changes.map(({ id: later, actor }, index) => (
            <span key={later}>
              {index > 0 && ', '}
              <Link className="link" href={`/history?change=${later}`}>
                #{later}
              </Link>{' '}
              by {actor}
            </span>
          ))}
          .
        </Note>
      ))}
      {conflicts.length > MOST_SHOWN && (
        <p className="text-xs">and {plural(conflicts.length - MOST_SHOWN, 'more pool')}, changed since too</p>
      )}
      {nothing && <Note>Everything is as it was before this change already: nothing would change.</Note>}
      {warnings.slice(0, MOST_SHOWN).map(({ pool, code, field, message }) => (
        <Note key={`${pool} ${code} ${field}`} kind="warning">
          <b>{pool}</b> {message} <span className="machine text-2xs text-ink-3">{code}</span>
        </Note>
      ))}
      {warnings.length > MOST_SHOWN && (
        <p className="text-xs">and {plural(warnings.length - MOST_SHOWN, 'more warning')}</p>
      )}
      {preview.data !== undefined && !nothing && preview.data.effect !== null && (
        <section aria-label="Effect on connections">
          <SettingsEffect effect={preview.data.effect} />
        </section>
      )}
      {preview.data !== undefined && !nothing && (
        <div className="max-h-72 overflow-y-auto rounded-md border border-line bg-surface-1">
          <DiffView label="What the revert would change" {...preview.data.diff} />
        </div>
      )}
      <Field label="Reason" hint="Stands in History beside your name">
        <TextArea value={reason} onChange={(event) => setReason(event.target.value)} className="min-h-14" />
      </Field>
      {revert.isError && <ErrorPanel error={revert.error} />}
      <div className="flex flex-wrap items-center gap-2">
        <Button look="primary" refused={refused} onClick={save}>
          Revert change #{id}
        </Button>
        <Button look="ghost" onClick={onClose}>
          Close the preview
        </Button>
        {refused !== undefined && <span className="text-xs text-ink-3">{refused}</span>}
      </div>
    </section>
  );
}
