'use client';
import { useQuery } from '@tanstack/react-query';
import { usePathname, useRouter } from 'next/navigation';
import { createContext, type ReactNode, useContext, useEffect } from 'react';
import { ErrorPanel } from '../components/error-panel.tsx';
import { type Outputs, useTRPC } from '../trpc/client.ts';

export type Session = Outputs['session']['get'];
export type User = NonNullable<Session['user']>;

const SessionContext = createContext<{ session: Session; user: User } | null>(null);

/** The signed-in user and what this server can do; only inside the shell. */
export function useSession(): { session: Session; user: User } {
  const value = useContext(SessionContext);
  if (value === null) throw new Error('useSession outside the shell');
  return value;
}

const ranks = { viewer: 0, editor: 1, admin: 2 } as const;
/** Undefined when the role may do it, else the sentence to show beside the disabled control. */
export function useRefusal(needed: 'editor' | 'admin'): string | undefined {
  const { user } = useSession();
  return ranks[user.role] >= ranks[needed] ? undefined : `Needs the role ${needed}; you are ${user.role}.`;
}

/** Nobody signed in: to the sign-in page, which comes back here. No account yet: to the setup page. */
export function SessionGate({ children }: { children: ReactNode }) {
  const trpc = useTRPC();
  const router = useRouter();
  const path = usePathname();
  const query = useQuery(trpc.session.get.queryOptions());
  const session = query.data;
  const away = session === undefined || session.user !== null ? null : session.setupNeeded ? '/setup' : '/sign-in';
  useEffect(() => {
    if (away === null) return;
    const back = `${path}${window.location.search}`;
    router.replace(away === '/setup' || back === '/' ? away : `${away}?next=${encodeURIComponent(back)}`);
  }, [away, path, router]);
  if (session?.user) {
    return <SessionContext value={{ session, user: session.user }}>{children}</SessionContext>;
  }
  if (query.isError) {
    return (
      <main className="mx-auto max-w-xl p-6">
        <ErrorPanel error={query.error} onRetry={() => void query.refetch()} />
      </main>
    );
  }
  return null;
}
