'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Field, Select } from '../components/field.tsx';
import { useSession } from '../shell/session.tsx';
import { useTRPC } from '../trpc/client.ts';
import { type Role, roles } from './account-roles.ts';
import { apiCommand } from './api-command.ts';
import { NewToken } from './new-token.tsx';

const usual = { label: '90 days', hours: 90 * 24 };
const spans = [
  { label: 'One week', hours: 7 * 24 },
  { label: '30 days', hours: 30 * 24 },
  usual,
  { label: 'One year', hours: 365 * 24 },
  { label: 'Until it is revoked', hours: null },
];
const firstUse = {
  where: 'A first question with it:',
  label: 'Command that asks for the pools',
  command: apiCommand,
};

/** At most the own role: what somebody may not do, their program may not either. */
export function CreateApiToken() {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const { user } = useSession();
  const own = roles.slice(0, roles.findIndex(({ role }) => role === user.role) + 1);
  const [role, setRole] = useState<Role>('viewer');
  const create = useMutation(
    trpc.apiTokens.create.mutationOptions({
      onSuccess: () => queries.invalidateQueries(trpc.apiTokens.list.queryFilter()),
    }),
  );
  return (
    <NewToken
      title="New API token"
      spans={spans}
      usual={usual}
      nameHint="History shows it beside your address"
      note="Accounts, passwords and tokens are for people: no token may change them."
      fields={(wrong) => (
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
      )}
      making={create}
      made={create.isSuccess ? { name: create.data.apiToken.name, token: create.data.token } : undefined}
      firstUse={firstUse}
      onMake={(token, done) => create.mutate({ ...token, role }, done)}
    />
  );
}
