'use client';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { ClusterSettings } from '../../core/nat/settings.ts';
import { ErrorPanel } from '../components/error-panel.tsx';
import { Panel } from '../components/panel.tsx';
import { useDelayed } from '../components/use-delayed.ts';
import { useTRPC } from '../trpc/client.ts';
import { SettingsEffect } from './settings-effect.tsx';

/** while somebody types, nothing is asked */
const PAUSE_MS = 300;

/** What saving the draft would do to connections, as the server computes it. */
export function DraftEffect({ settings }: { settings: ClusterSettings }) {
  const trpc = useTRPC();
  const asked = useDelayed(settings, PAUSE_MS);
  const effect = useQuery(
    trpc.settings.preview.queryOptions({ settings: asked }, { placeholderData: keepPreviousData }),
  );
  const old = effect.isPlaceholderData || asked !== settings;
  return (
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
  );
}
