'use client';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useRouter, useSearchParams } from 'next/navigation';
import { type FormEvent, useEffect, useState } from 'react';
import { Button } from '../components/button.tsx';
import { ErrorPanel } from '../components/error-panel.tsx';
import { Field, TextInput } from '../components/field.tsx';
import { Loading } from '../components/loading.tsx';
import { Note } from '../components/note.tsx';
import { Panel } from '../components/panel.tsx';
import { signIn } from '../shell/auth-requests.ts';
import { useTRPC } from '../trpc/client.ts';
import { nextPath } from './next-path.ts';

export function SignInForm() {
  const trpc = useTRPC();
  const router = useRouter();
  const queryClient = useQueryClient();
  const next = nextPath(new URLSearchParams(useSearchParams()));
  const session = useQuery(trpc.session.get.queryOptions());
  const [problem, setProblem] = useState<string | null>(null);
  const [pending, setPending] = useState(false);
  const signedIn = session.data?.user != null;
  useEffect(() => {
    if (signedIn) router.replace(next);
  }, [signedIn, next, router]);
  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    if (pending) return;
    const data = new FormData(event.currentTarget);
    setPending(true);
    const refusal = await signIn(String(data.get('email')), String(data.get('password')));
    setPending(false);
    setProblem(refusal);
    if (refusal !== null) return;
    queryClient.clear();
    router.replace(next);
  }
  // a form that stands there before its scripts run is sent by the browser itself, with the password in the address
  if (session.isPending) return <Loading what="who you are" />;
  return (
    <Panel label="Sign in">
      <form className="flex flex-col gap-3 p-1" onSubmit={(event) => void submit(event)}>
        <h1 className="text-lg font-semibold text-ink-1">Sign in</h1>
        {session.data?.setupNeeded && (
          <Note>There is no account yet. The server prints a one-time setup link when it starts: open that link.</Note>
        )}
        {session.isError && <ErrorPanel error={session.error} onRetry={() => void session.refetch()} />}
        <Field label="Email">
          <TextInput name="email" type="email" autoComplete="username" required maxLength={254} />
        </Field>
        <Field label="Password">
          <TextInput name="password" type="password" autoComplete="current-password" required maxLength={128} />
        </Field>
        {problem !== null && (
          <Note kind="error" role="alert">
            {problem}
          </Note>
        )}
        <Button type="submit" look="primary" refused={pending ? 'It is being checked.' : undefined}>
          Sign in
        </Button>
      </form>
    </Panel>
  );
}
