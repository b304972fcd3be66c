'use client';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { objectOf } from '../../core/cluster/felix-objects.ts';
import type { ClusterSettings } from '../../core/nat/settings.ts';
import { ErrorPanel } from '../components/error-panel.tsx';
import { Panel } from '../components/panel.tsx';
import { useDelayed } from '../components/use-delayed.ts';
import { useTRPC } from '../trpc/client.ts';
import { BeforeSaving } from './before-saving.tsx';
import { SettingsEffect } from './settings-effect.tsx';

/** while somebody types, nothing is asked */
const PAUSE_MS = 300;

/**
 * What saving the draft would do to connections, as the server computes it, and who restarts by it. `writes`: whose objects in a
 * cluster the draft changes; null is that of all nodes. Of one that is contested, or that others deleted, nothing is
 * written, so nobody restarts.
 */
export function DraftEffect({ settings, writes }: { settings: ClusterSettings; writes: readonly (string | null)[] }) {
  const trpc = useTRPC();
  const asked = useDelayed(settings, PAUSE_MS);
  const effect = useQuery(
    trpc.settings.preview.queryOptions({ settings: asked }, { placeholderData: keepPreviousData }),
  );
  const old = effect.isPlaceholderData || asked !== settings;
  const { contested, deleted } = effect.data ?? { contested: [], deleted: [] };
  const unwritten = [...contested.map(({ object }) => object), ...deleted];
  const written = writes.filter((node) => !unwritten.includes(objectOf(node)));
  return (
    <>
      <Panel
        label="Effect on connections"
        title="Effect on connections"
        lead={old ? 'of the draft before this one' : 'against what is in effect now'}
      >
        {effect.isError && <ErrorPanel error={effect.error} onRetry={() => void effect.refetch()} />}
        {effect.data === undefined ? (
          !effect.isError && <p className="text-xs text-ink-3">It is being computed.</p>
        ) : (
          <div role="status">
            <SettingsEffect effect={effect.data} />
          </div>
        )}
      </Panel>
      {written.length > 0 && <BeforeSaving changed={written} />}
    </>
  );
}
