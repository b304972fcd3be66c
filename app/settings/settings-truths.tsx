'use client';
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { Age } from '../components/age.tsx';
import { TruthLine, TruthPill } from '../components/truth-pill.tsx';
import { useTRPC } from '../trpc/client.ts';

/** Which settings stand below and how old they are; what the nodes run with is on their own pages. */
export function SettingsTruths() {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.changes.list.queryOptions({ action: 'settings.update', limit: 1 }));
  const change = data?.changes[0];
  return (
    <TruthLine>
      {data !== undefined && (
        <TruthPill truth="desired" age={change !== undefined && <Age at={change.at} prefix="saved" />}>
          {change === undefined ? (
            'never changed: Calico’s defaults'
          ) : (
            <Link className="machine hover:underline" href={`/history?change=${change.id}`}>
              change #{change.id}
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
