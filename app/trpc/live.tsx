'use client';
import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useSubscription } from '@trpc/tanstack-react-query';
import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';
import type { LiveEvent } from '../../core/wire/events.ts';
import { askAgain } from './ask-again.ts';
import { useTRPC } from './client.ts';
import { isTouched } from './touched.ts';

export type LiveState = { kind: 'live' } | { kind: 'connecting' } | { kind: 'lost'; since: string };

const LiveContext = createContext<LiveState>({ kind: 'connecting' });
export const useLive = (): LiveState => useContext(LiveContext);

/** One stream a tab. Events name what changed; the pages ask again. While it is lost, polling goes on every 10 s. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [lostSince, setLostSince] = useState<string | null>(null);
  const subscription = useSubscription(
    trpc.events.subscribe.subscriptionOptions(undefined, {
      onData: ({ data }) => refresh(queryClient, data),
    }),
  );
  const up = subscription.status === 'pending';
  const failed = subscription.error !== null;
  useEffect(() => {
    if (up) setLostSince(null);
    else if (failed) setLostSince((since) => since ?? new Date().toISOString());
  }, [up, failed]);
  const { status, reset } = subscription;
  useEffect(() => {
    // idle: the server ended it, with the session; there may be another one by now (a new password makes one)
    if (status !== 'error' && status !== 'idle') return;
    const timer = setTimeout(reset, status === 'idle' ? 1_000 : 5_000);
    return () => clearTimeout(timer);
  }, [status, reset]);
  const state: LiveState = up
    ? { kind: 'live' }
    : lostSince === null
      ? { kind: 'connecting' }
      : { kind: 'lost', since: lostSince };
  return <LiveContext value={state}>{children}</LiveContext>;
}

function refresh(queryClient: QueryClient, event: LiveEvent): void {
  askAgain(queryClient, (query) => isTouched(event.kind, query));
}
