'use client';
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { Age } from '../components/age.tsx';
import { TruthLine, TruthPill } from '../components/truth-pill.tsx';
import { useTRPC } from '../trpc/client.ts';

/** Which settings stand below and how old they are; what the nodes run with is on their own pages. */
export function SettingsTruths() {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.settings.get.queryOptions());
  const version = data?.version ?? 0;
  const { data: change } = useQuery(trpc.changes.get.queryOptions({ id: version }, { enabled: version > 0 }));
  return (
    <TruthLine>
      {data !== undefined && (
        <TruthPill truth="desired" age={change !== undefined && <Age at={change.at} prefix="saved" />}>
          {version === 0 ? (
            'never changed: Calico’s defaults'
          ) : (
            <Link className="machine hover:underline" href={`/history?change=${version}`}>
              change #{version}
            </Link>
          )}
        </TruthPill>
      )}
      <TruthPill truth="programmed" off>
        not asked
      </TruthPill>
    </TruthLine>
  );
}
