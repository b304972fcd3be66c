'use client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRouter, useSearchParams } from 'next/navigation';
import { type FormEvent, useState } from 'react';
import { Button, ButtonLink } from '../components/button.tsx';
import { ErrorPanel } from '../components/error-panel.tsx';
import { explain } from '../components/explain-error.ts';
import { Field, TextInput } from '../components/field.tsx';
import { Loading } from '../components/loading.tsx';
import { Note } from '../components/note.tsx';
import { Panel } from '../components/panel.tsx';
import { signIn } from '../shell/auth-requests.ts';
import { useTRPC } from '../trpc/client.ts';

/** The first account, made with the one-time link that the server prints. */
export function SetupForm() {
  const trpc = useTRPC();
  const router = useRouter();
  const queryClient = useQueryClient();
  const token = useSearchParams().get('token') ?? '';
  const session = useQuery(trpc.session.get.queryOptions());
  const [made, setMade] = useState(false);
  const create = useMutation(trpc.setup.createAdmin.mutationOptions());
  if (session.isError) return <ErrorPanel error={session.error} onRetry={() => void session.refetch()} />;
  if (session.data === undefined) return <Loading what="the state of the setup" />;
  if (!session.data.setupNeeded && !made) {
    return (
      <Panel label="Setup">
        <h1 className="text-lg font-semibold text-ink-1">Outgate is set up already.</h1>
        <p className="my-2">The first account exists. Its admin can add more under Settings.</p>
        <ButtonLink href="/sign-in" look="primary">
          Sign in
        </ButtonLink>
      </Panel>
    );
  }
  if (token === '') {
    return (
      <Panel label="Setup">
        <h1 className="text-lg font-semibold text-ink-1">Open the setup link</h1>
        <p className="mt-2">
          There is no account yet. The server prints a one-time link when it starts; it ends in{' '}
          <code>/setup?token=…</code>. Open that link to make the first account.
        </p>
      </Panel>
    );
  }
  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    if (create.isPending) return;
    const data = new FormData(event.currentTarget);
    const [name, email, password] = ['name', 'email', 'password'].map((field) => String(data.get(field)));
    if (name === undefined || email === undefined || password === undefined) return;
    try {
      await create.mutateAsync({ token, name: name.trim(), email: email.trim(), password });
    } catch {
      return; // shown below, from the mutation
    }
    setMade(true);
    const refusal = await signIn(email.trim(), password);
    queryClient.clear();
    router.replace(refusal === null ? '/' : '/sign-in');
  }
  const problems = create.error === null ? [] : explain(create.error).details;
  const of = (field: string): string[] => problems.filter((one) => one.field === field).map(({ message }) => message);
  const known = problems.some(({ field }) => ['name', 'email', 'password'].includes(field));
  return (
    <Panel label="Setup">
      <form className="flex flex-col gap-3 p-1" onSubmit={(event) => void submit(event)}>
        <div>
          <h1 className="text-lg font-semibold text-ink-1">Make the first account</h1>
          <p className="mt-1">It has the role admin. This link works once.</p>
        </div>
        <Field label="Name" errors={of('name')}>
          <TextInput name="name" autoComplete="name" required maxLength={100} />
        </Field>
        <Field label="Email" errors={of('email')}>
          <TextInput name="email" type="email" autoComplete="username" required maxLength={254} />
        </Field>
        <Field label="Password" hint="At least 12 characters." errors={of('password')}>
          <TextInput
            name="password"
            type="password"
            autoComplete="new-password"
            required
            minLength={12}
            maxLength={128}
          />
        </Field>
        {create.error !== null && !known && <ErrorPanel error={create.error} />}
        {known && (
          <Note kind="error" role="alert">
            Some fields do not hold yet; each says what must hold.
          </Note>
        )}
        <Button type="submit" look="primary" refused={create.isPending ? 'It is being made.' : undefined}>
          Make the account and sign in
        </Button>
      </form>
    </Panel>
  );
}
