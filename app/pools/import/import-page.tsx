'use client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useEffect, useMemo, useState } from 'react';
import { readManifests } from '../../../core/calico/read.ts';
import { ButtonLink } from '../../components/button.tsx';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { Field, TextArea } from '../../components/field.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { Panel } from '../../components/panel.tsx';
import { DesiredAndProgrammed } from '../../components/truths.tsx';
import { useDelayed } from '../../components/use-delayed.ts';
import { useKeys } from '../../keys/use-keys.ts';
import { useLeaveGuard } from '../../shell/leave-guard.tsx';
import { useRefusal } from '../../shell/session.tsx';
import { useTRPC } from '../../trpc/client.ts';
import { SaveBar } from '../edit/save-bar.tsx';
import { useAllPools } from '../use-all-pools.ts';
import { takeOver } from './handed-text.ts';
import { ImportDrop } from './import-drop.tsx';
import { ImportPreview } from './import-preview.tsx';

/** Calico YAML in: a dry run says what it would do; all of it is saved, or nothing. */
export function ImportPage() {
  const trpc = useTRPC();
  const router = useRouter();
  const queryClient = useQueryClient();
  const refused = useRefusal('editor');
  const { pools } = useAllPools();
  const [text, setText] = useState('');
  const [reason, setReason] = useState('');
  useEffect(() => setText((now) => takeOver() ?? now), []);
  const save = useMutation(
    trpc.pools.import.mutationOptions({
      onSuccess: async () => {
        router.push('/pools');
        await queryClient.invalidateQueries();
      },
    }),
  );
  const asked = useDelayed(text, 350);
  const readable = asked.trim() !== '' && asked === text;
  const dryRun = useQuery(
    trpc.pools.previewImport.queryOptions({ yaml: asked }, { enabled: readable, refetchInterval: false }),
  );
  const plan = readable ? dryRun.data : undefined;
  const failed = readable ? dryRun.error : null;
  const changes = plan === undefined ? 0 : plan.created.length + plan.updated.length;
  useLeaveGuard(text.trim() !== '' && !save.isSuccess && !save.isPending ? 'The text is not imported.' : null);

  const stored = useMemo(() => new Map((pools ?? []).map(({ name, spec }) => [name, { name, spec }])), [pools]);
  const read = useMemo(
    () => new Map(readManifests([{ name: 'text', text: asked }]).pools.map(({ pool }) => [pool.name, pool])),
    [asked],
  );
  const blocked =
    refused ??
    (text.trim() === ''
      ? 'Paste or drop YAML first.'
      : failed !== null
        ? 'Nothing can be imported while something does not hold.'
        : plan === undefined
          ? 'The dry run is on its way.'
          : changes === 0
            ? 'Nothing would change: all of it is there already.'
            : save.isPending
              ? 'It is being saved.'
              : null);
  const run = (): void => {
    if (blocked === null) save.mutate({ yaml: text, ...(reason.trim() === '' ? {} : { reason: reason.trim() }) });
  };
  useKeys('Import', [{ keys: 'mod+Enter', label: 'Import', run }]);
  return (
    <div className="pb-20 narrow:pb-0">
      <PageHeader
        crumb={
          <Link href="/pools" className="hover:underline">
            Pools
          </Link>
        }
        title="Import"
        actions={<ButtonLink href="/pools">All pools</ButtonLink>}
        truths={<DesiredAndProgrammed extra={<span>and this text</span>} />}
      />
      <div className="grid items-start gap-3 lg:grid-cols-2">
        <Panel title="Calico YAML" lead="v3, v1, List, or the old form; one document or many">
          <div className="flex flex-col gap-3">
            <ImportDrop onText={setText} />
            <Field label="Or paste it here">
              <TextArea
                machine
                rows={18}
                value={text}
                onChange={(event) => setText(event.target.value)}
                className="resize-y leading-5"
              />
            </Field>
          </div>
        </Panel>
        <div className="flex min-w-0 flex-col gap-3">
          <div aria-live="polite">
            {failed !== null && <ErrorPanel error={failed} />}
            {plan !== undefined && <ImportPreview plan={plan} read={read} stored={stored} />}
            {plan === undefined && failed === null && (
              <Panel title="What it would do">
                <p className="text-ink-3">
                  {text.trim() === '' ? 'Nothing yet. The dry run starts as you paste.' : 'The server is being asked.'}
                </p>
              </Panel>
            )}
          </div>
          {save.error !== null && <ErrorPanel error={save.error} />}
        </div>
      </div>
      <SaveBar
        blocked={blocked}
        warnings={plan?.warnings.length ?? 0}
        tone={failed !== null ? 'error' : 'quiet'}
        reason={reason}
        onReason={setReason}
        label={changes > 0 ? `Import ${changes} ${changes === 1 ? 'pool' : 'pools'}` : 'Import'}
        cancel="/pools"
        onSave={run}
      />
    </div>
  );
}
