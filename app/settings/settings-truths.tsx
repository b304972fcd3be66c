'use client';
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { SILENT_MS } from '../cluster/connection.ts';
import { Age } from '../components/age.tsx';
import { TruthLine, TruthPill } from '../components/truth-pill.tsx';
import { useTRPC } from '../trpc/client.ts';
import { useClusterMode } from '../trpc/cluster-mode.ts';

/** Which settings stand below and how old they are; what the nodes run with is on their own pages. */
export function SettingsTruths() {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.settings.get.queryOptions());
  const cluster = useQuery(trpc.cluster.get.queryOptions(undefined, { enabled: useClusterMode() })).data;
  return (
    <TruthLine>
      {data !== undefined && (
        <TruthPill truth="desired" age={data.lastChange !== null && <Age at={data.lastChange.at} prefix="saved" />}>
          {data.lastChange === null ? (
            'never changed: Calico’s defaults'
          ) : (
            <Link className="machine hover:underline" href={`/history?change=${data.lastChange.id}`}>
              change #{data.lastChange.id}
            </Link>
          )}
        </TruthPill>
      )}
      {cluster !== undefined && (
        <TruthPill
          truth="live"
          age={cluster.heardAt !== null && <Age at={cluster.heardAt} prefix="heard" limitSeconds={SILENT_MS / 1000} />}
        >
          <span className="machine">FelixConfiguration</span>
        </TruthPill>
      )}
      <TruthPill truth="programmed" off>
        not asked
      </TruthPill>
    </TruthLine>
  );
}
