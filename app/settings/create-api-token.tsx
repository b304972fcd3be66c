'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from '../components/button.tsx';
import { Code } from '../components/code.tsx';
import { CopyButton } from '../components/copy-button.tsx';
import { ErrorPanel } from '../components/error-panel.tsx';
import { Field, Select, TextInput } from '../components/field.tsx';
import { Panel } from '../components/panel.tsx';
import { useSession } from '../shell/session.tsx';
import { useTRPC } from '../trpc/client.ts';
import { issuesOf, type Role, roles } from './account-roles.ts';
import { apiCommand } from './api-command.ts';

const spans = [
  { days: 7, label: 'One week' },
  { days: 30, label: '30 days' },
  { days: 90, label: '90 days' },
  { days: 365, label: 'One year' },
  { days: null, label: 'Until it is revoked' },
] as const;

/** At most the own role: what somebody may not do, their program may not either. */
export function CreateApiToken() {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const { user } = useSession();
  const own = roles.slice(0, roles.findIndex(({ role }) => role === user.role) + 1);
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('viewer');
  const [span, setSpan] = useState('90 days');
  const create = useMutation(
    trpc.apiTokens.create.mutationOptions({
      onSuccess: async () => {
        setName('');
        await queries.invalidateQueries(trpc.apiTokens.list.queryFilter());
      },
    }),
  );
  const issues = issuesOf(create.error);
  const wrong = (field: string): string[] =>
    issues.filter((issue) => issue.field === field).map(({ message }) => message);
  const refused = name.trim() === '' ? 'The token needs a name.' : create.isPending ? 'It is being made.' : undefined;
  return (
    <Panel title="New API token">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (refused !== undefined) return;
          const days = spans.find(({ label }) => label === span)?.days ?? null;
          const expiresAt = days === null ? null : new Date(Date.now() + days * 86_400_000).toISOString();
          create.mutate({ name: name.trim(), role, expiresAt });
        }}
      >
        <div className="flex flex-wrap items-start gap-3">
          <Field label="Name" errors={wrong('name')} hint="History shows it beside your address" className="w-60">
            <TextInput value={name} placeholder="What it is for" onChange={(event) => setName(event.target.value)} />
          </Field>
          <Field
            label="Role"
            errors={wrong('role')}
            hint={roles.find((each) => each.role === role)?.may.replace('accounts, tokens and nodes', 'nodes')}
            className="w-52"
          >
            <Select
              value={role}
              onChange={(event) => setRole(own.find((each) => each.role === event.target.value)?.role ?? 'viewer')}
            >
              {own.map((each) => (
                <option key={each.role}>{each.role}</option>
              ))}
            </Select>
          </Field>
          <Field label="Holds for" errors={wrong('expiresAt')} className="w-44">
            <Select value={span} onChange={(event) => setSpan(event.target.value)}>
              {spans.map(({ label }) => (
                <option key={label}>{label}</option>
              ))}
            </Select>
          </Field>
        </div>
        <div className="mt-3 flex flex-wrap items-center gap-2">
          <Button look="primary" type="submit" refused={refused}>
            Make the token
          </Button>
          <span className="text-xs text-ink-3">
            {refused ?? 'Accounts, passwords and tokens are for people: no token may change them.'}
          </span>
        </div>
      </form>
      {create.isError && issues.length === 0 && <ErrorPanel error={create.error} className="mt-3" />}
      {create.isSuccess && <Shown name={create.data.apiToken.name} token={create.data.token} onDone={create.reset} />}
    </Panel>
  );
}

function Shown({ name, token, onDone }: { name: string; token: string; onDone: () => void }) {
  const command = apiCommand(location.origin, token);
  return (
    <div role="status" className="mt-3 flex flex-col gap-2 border-t border-line-faint pt-3">
      <p>
        The token <b>{name}</b> is shown here once and never again. A first question with it:
      </p>
      <Code label="Command that asks for the pools" text={command} />
      <div className="flex flex-wrap gap-2">
        <CopyButton text={token} look="plain">
          Copy the token
        </CopyButton>
        <CopyButton text={command} look="plain">
          Copy the command
        </CopyButton>
        <Button small look="ghost" onClick={onDone}>
          I have it, hide it
        </Button>
      </div>
    </div>
  );
}
