'use client';
import { type ReactNode, useState } from 'react';
import { Button } from '../components/button.tsx';
import { Code } from '../components/code.tsx';
import { CopyButton } from '../components/copy-button.tsx';
import { ErrorPanel } from '../components/error-panel.tsx';
import { Field, Select, TextInput } from '../components/field.tsx';
import { Panel } from '../components/panel.tsx';
import { issuesOf } from './account-roles.ts';

export interface Span {
  readonly label: string;
  /** null: until it is revoked */
  readonly hours: number | null;
}

/** What is first done with a token that was made. */
export interface FirstUse {
  /** said before the command */
  readonly where: string;
  readonly label: string;
  readonly command: (origin: string, token: string) => string;
}

interface Making {
  readonly isPending: boolean;
  readonly error: unknown;
  /** hides what was made */
  readonly reset: () => void;
}

/** A name, what else the token needs, and how long it holds; once it is made, its secret, shown this once. */
export function NewToken({
  title,
  spans,
  usual,
  nameHint,
  note,
  fields,
  making,
  made,
  firstUse,
  onMake,
}: {
  title: string;
  spans: readonly Span[];
  /** the span that is chosen at first */
  usual: Span;
  nameHint?: string;
  /** said beside the button while nothing is in the way */
  note?: string;
  /** `wrong`: what the server said of a field */
  fields?: (wrong: (field: string) => string[]) => ReactNode;
  making: Making;
  made: { readonly name: string; readonly token: string } | undefined;
  firstUse: FirstUse;
  onMake: (token: { name: string; expiresAt: string | null }, done: { onSuccess: () => void }) => void;
}) {
  const [name, setName] = useState('');
  const [span, setSpan] = useState(usual);
  const issues = issuesOf(making.error);
  const wrong = (field: string): string[] =>
    issues.filter((issue) => issue.field === field).map(({ message }) => message);
  const refused = name.trim() === '' ? 'The token needs a name.' : making.isPending ? 'It is being made.' : undefined;
  const make = (): void => {
    if (refused !== undefined) return;
    const expiresAt = span.hours === null ? null : new Date(Date.now() + span.hours * 3_600_000).toISOString();
    onMake({ name: name.trim(), expiresAt }, { onSuccess: () => setName('') });
  };
  return (
    <Panel title={title}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          make();
        }}
      >
        <div className="flex flex-wrap items-start gap-3">
          <Field label="Name" errors={wrong('name')} hint={nameHint} className="w-60">
            <TextInput value={name} placeholder="What it is for" onChange={(event) => setName(event.target.value)} />
          </Field>
          {fields?.(wrong)}
          <Field label="Holds for" errors={wrong('expiresAt')} className="w-44">
            <Select
              value={span.label}
              onChange={(event) => setSpan(spans.find(({ label }) => label === event.target.value) ?? usual)}
            >
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
          <span className="text-xs text-ink-3">{refused ?? note}</span>
        </div>
      </form>
      {making.error !== null && issues.length === 0 && <ErrorPanel error={making.error} className="mt-3" />}
      {made !== undefined && <ShownOnce {...made} firstUse={firstUse} onHide={making.reset} />}
    </Panel>
  );
}

function ShownOnce({
  name,
  token,
  firstUse: { where, label, command },
  onHide,
}: {
  name: string;
  token: string;
  firstUse: FirstUse;
  onHide: () => void;
}) {
  const text = command(location.origin, token);
  return (
    <div role="status" className="mt-3 flex flex-col gap-2 border-t border-line-faint pt-3">
      <p>
        The token <b>{name}</b> is shown here once and never again. {where}
      </p>
      <Code label={label} text={text} />
      <div className="flex flex-wrap gap-2">
        <CopyButton text={text} look="plain">
          Copy the command
        </CopyButton>
        <CopyButton text={token} look="plain">
          Copy the token
        </CopyButton>
        <Button small look="ghost" onClick={onHide}>
          I have it, hide it
        </Button>
      </div>
    </div>
  );
}
