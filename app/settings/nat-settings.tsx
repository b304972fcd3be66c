'use client';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Trash2 } from 'lucide-react';
import { useMemo, useState } from 'react';
import { changedObjects } from '../../core/cluster/felix-objects.ts';
import {
  type ClusterSettings,
  type NatSettings,
  noSettings,
  overlaySettings,
  settingFields,
} from '../../core/nat/settings.ts';
import { noModes, warnAboutSettings } from '../../core/nat/stops-felix.ts';
import { validateSettings } from '../../core/nat/validate-settings.ts';
import type { Pool } from '../../core/pool/spec.ts';
import { Button } from '../components/button.tsx';
import { DiffView } from '../components/diff-view.tsx';
import { ErrorPanel, reasonOf } from '../components/error-panel.tsx';
import { Field, TextInput } from '../components/field.tsx';
import { Loading } from '../components/loading.tsx';
import { Note } from '../components/note.tsx';
import { Panel } from '../components/panel.tsx';
import { textOf } from '../history/summary.ts';
import { useKeys } from '../keys/use-keys.ts';
import { useRefusal } from '../shell/session.tsx';
import { useTRPC } from '../trpc/client.ts';
import { useDesiredState } from '../trpc/desired-state.ts';
import { AddNode } from './add-node.tsx';
import { DraftEffect } from './draft-effect.tsx';
import { FelixProblems } from './felix-problems.tsx';
import { InCluster } from './in-cluster.tsx';
import { SavedNote } from './saved-note.tsx';
import { SettingFields } from './setting-fields.tsx';
import { addedViolations, ontoTheirs, savedForm, withField, withoutNode } from './settings-draft.ts';

/** NAT settings for all nodes and for single ones; what is wrong stands under its field while it is typed. */
export function NatSettingsForm() {
  const trpc = useTRPC();
  const stored = useQuery(trpc.settings.get.queryOptions());
  const desired = useDesiredState();
  const nodes = useQuery(trpc.nodes.list.queryOptions());
  const [draft, setDraft] = useState<Draft | null>(null);
  const [reason, setReason] = useState('');
  const [saved, setSaved] = useState<{ change: number; version: number; objects: readonly string[] } | null>(null);
  const notEditor = useRefusal('editor');
  const save = useMutation(
    trpc.settings.update.mutationOptions({
      onSuccess: () => {
        setDraft(null);
        setReason('');
      },
    }),
  );
  const settings = draft?.settings ?? stored.data?.settings;
  const inCluster = stored.data?.from === 'cluster';
  const felix = useQuery(trpc.cluster.settings.queryOptions(undefined, { enabled: inCluster })).data;
  const clusterPools = useQuery(trpc.cluster.pools.queryOptions(undefined, { enabled: inCluster })).data?.pools;
  const pools = useMemo(() => besideSettings(desired?.pools ?? none, clusterPools ?? none), [desired, clusterPools]);
  const live = stored.data?.live ?? noSettings;
  const modes = stored.data?.modes ?? noModes;
  const before = useMemo(
    () => (stored.data === undefined ? [] : validateSettings(stored.data.settings, pools)),
    [stored.data, pools],
  );
  const violations = useMemo(
    () => (settings === undefined ? [] : validateSettings(settings, pools)),
    [settings, pools],
  );
  const warnings = useMemo(
    () => (settings === undefined ? [] : warnAboutSettings(overlaySettings(live, settings), pools, modes)),
    [settings, live, pools, modes],
  );
  const toSave = useMemo(() => (settings === undefined ? undefined : savedForm(settings)), [settings]);
  const texts = {
    before: stored.data === undefined ? '' : textOf(stored.data.settings, null),
    after: toSave === undefined ? '' : textOf(toSave, null),
  };
  const changed = draft !== null && texts.before !== texts.after;
  const blocking = addedViolations(before, violations).length;
  const overtaken = draft !== null && stored.data !== undefined && draft.began.version !== stored.data.version;
  const refused =
    notEditor ??
    (!changed
      ? 'Nothing is changed.'
      : overtaken
        ? 'The settings were changed meanwhile: choose a way on first.'
        : blocking > 0
          ? `Save is blocked by ${blocking} ${blocking === 1 ? 'error' : 'errors'}.`
          : reason.trim() === ''
            ? 'A change of settings needs a reason.'
            : save.isPending
              ? 'It is being saved.'
              : undefined);
  function run(): void {
    if (refused === undefined && draft !== null && toSave !== undefined) {
      const objects = changedObjects(stored.data?.settings ?? noSettings, toSave);
      save.mutate(
        { settings: toSave, expectedVersion: draft.began.version, reason: reason.trim() },
        { onSuccess: ({ change, version }) => setSaved({ change: change.id, version, objects }) },
      );
    }
  }
  useKeys('NAT settings', [{ keys: 'mod+Enter', label: 'Save the NAT settings', run }]);

  if (stored.isError) return <ErrorPanel error={stored.error} onRetry={() => void stored.refetch()} />;
  if (stored.data === undefined || settings === undefined) return <Loading what="settings" />;
  const change = (next: ClusterSettings): void => {
    setSaved(null);
    const { settings: began, version } = draft?.began ?? stored.data;
    setDraft({ settings: next, began: { settings: began, version } });
  };
  const errorsAt = (place: string, field: string): string[] =>
    violations.filter((each) => each.field === `${place}.${field}`).map(({ message, rule }) => `${message} (${rule})`);
  const objects = felix?.objects ?? [];
  const inClusterOf = (node: string | null) =>
    objects
      .filter((one) => one.node === node)
      .map((one) => (
        <InCluster
          key={one.object}
          felix={one}
          version={stored.data.version}
          onDecide={(field, value) => change(withField(settings, node, field, value))}
        />
      ));
  const nodesShown = [
    ...new Set([...Object.keys(settings.nodes), ...objects.flatMap(({ node }) => node ?? [])]),
  ].sort();
  const isUnknown = (name: string): boolean => nodes.data?.nodes.every((one) => one.name !== name) ?? false;
  // what the cluster has already stands at the top
  const known = new Set((felix?.problems ?? []).map(({ field, code }) => `${field} ${code}`));
  const fresh = warnings.filter(({ field, code }) => !known.has(`${field} ${code}`));
  const written = inCluster
    ? [null, ...nodesShown].filter((node) => !sameOwn(ownOf(stored.data.settings, node), ownOf(settings, node)))
    : [];
  return (
    <div className="flex flex-col gap-3">
      {felix !== undefined && <FelixProblems problems={felix.problems} />}
      {inCluster && (
        <Note>
          A field that is set here is decided here and applied to FelixConfiguration. A field that is empty is what the
          cluster says: it is shown, and left alone. What others change there stays until you decide: nothing is
          enforced, because each write restarts Felix.
        </Note>
      )}
      {notEditor !== undefined && <Note>Saving: {notEditor} You may look and try what would be valid.</Note>}
      {saved !== null && <SavedNote {...saved} known={felix ?? null} />}
      <Panel title="All nodes" lead="what holds where a node has nothing of its own">
        <SettingFields
          settings={settings.global}
          fallback={live.global}
          errors={(field) => errorsAt('global', field)}
          onChange={(field, text) => change(withField(settings, null, field, text))}
        />
        {inClusterOf(null)}
      </Panel>
      {nodesShown.map((node) => (
        <Panel
          key={node}
          title={`Only ${node}`}
          lead={
            isUnknown(node)
              ? 'no node of this name is known, so nothing follows it; empty fields follow all nodes'
              : 'empty fields follow all nodes'
          }
          actions={
            node in settings.nodes && (
              <Button small look="ghost" onClick={() => change(withoutNode(settings, node))}>
                <Trash2 aria-hidden /> Follow all nodes
              </Button>
            )
          }
        >
          <SettingFields
            settings={settings.nodes[node] ?? {}}
            fallback={{ ...live.global, ...settings.global, ...live.nodes[node] }}
            errors={(field) => errorsAt(`nodes.${node}`, field)}
            onChange={(field, text) => change(withField(settings, node, field, text))}
          />
          {inClusterOf(node)}
        </Panel>
      ))}
      <AddNode
        names={(nodes.data?.nodes ?? []).map(({ name }) => name).filter((name) => !(name in settings.nodes))}
        taken={settings.nodes}
        onAdd={(name) => change({ ...settings, nodes: { ...settings.nodes, [name]: {} } })}
      />
      {fresh.map(({ code, field, message }) => (
        <Note key={`${field} ${message}`} kind="warning">
          <span className="machine text-ink-1">{field}</span>: {message}{' '}
          <span className="machine text-ink-3">{code}</span>
        </Note>
      ))}
      {changed && blocking === 0 && toSave !== undefined && <DraftEffect settings={toSave} writes={written} />}
      {changed && (
        <Panel title="What changes" flush>
          <DiffView label="What changes" {...texts} />
        </Panel>
      )}
      {(overtaken || reasonOf(save.error) === 'VERSION_STALE') && (
        <Note kind="warning" role="alert">
          The settings were changed while you edited them. Nothing of yours is lost yet, and neither way saves.{' '}
          <span className="mt-1.5 flex flex-wrap gap-2">
            <Button
              small
              refused={overtaken ? undefined : 'What they saved is being read.'}
              onClick={() => {
                save.reset();
                const { settings: theirs, version } = stored.data;
                setDraft(
                  (now) =>
                    now && {
                      settings: ontoTheirs(now.began.settings, now.settings, theirs),
                      began: { settings: theirs, version },
                    },
                );
              }}
            >
              Keep mine on top of theirs
            </Button>
            <Button
              small
              onClick={() => {
                save.reset();
                setDraft(null);
              }}
            >
              Take theirs
            </Button>
          </span>
        </Note>
      )}
      {save.isError && reasonOf(save.error) !== 'VERSION_STALE' && <ErrorPanel error={save.error} />}
      <div className="flex flex-wrap items-end gap-2">
        <Field label="Reason" className="w-96 max-w-full">
          <TextInput value={reason} onChange={(event) => setReason(event.target.value)} />
        </Field>
        <Button look="primary" refused={refused} onClick={run}>
          Save NAT settings
        </Button>
        {draft !== null && (
          <Button look="ghost" onClick={() => setDraft(null)}>
            Discard
          </Button>
        )}
        {refused !== undefined && (
          <span role="status" className="pb-1.5 text-xs text-ink-3">
            {refused}
          </span>
        )}
      </div>
    </div>
  );
}

interface Draft {
  readonly settings: ClusterSettings;
  /** what was stored when it was begun */
  readonly began: { readonly settings: ClusterSettings; readonly version: number };
}

const none: never[] = [];

const ownOf = ({ global, nodes }: ClusterSettings, node: string | null): NatSettings =>
  (node === null ? global : nodes[node]) ?? {};
const sameOwn = (a: NatSettings, b: NatSettings): boolean => settingFields.every((field) => a[field] === b[field]);

/** What is desired, and what the cluster has beside that. */
function besideSettings(
  desired: readonly Pool[],
  live: readonly { name: string; spec: Pool['spec'] | null }[],
): readonly Pool[] {
  const ours = new Set(desired.map(({ name }) => name));
  return [...desired, ...live.flatMap(({ name, spec }) => (spec === null || ours.has(name) ? [] : [{ name, spec }]))];
}
