'use client';
import { Search } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { ActedAs } from '../components/actor.tsx';
import { Button } from '../components/button.tsx';
import { Field, Select, TextInput } from '../components/field.tsx';
import { Kbd } from '../components/kbd.tsx';
import { actionWords, actorsIn, type HistoryView, isFiltered, withoutFilters } from './history-view.ts';

export const SEARCH_ID = 'history-search';

/** Search at once, the rest below "Filters"; every one of them is in the address of the page. */
export function HistoryFilters({
  view,
  onChange,
  changes,
}: {
  view: HistoryView;
  onChange: (part: Partial<HistoryView>) => void;
  changes: readonly ActedAs[];
}) {
  const actors = actorsIn(changes, view.actor);
  const { search: _, change: __, ...filters } = view;
  const some = Object.values(filters).some((value) => value !== '');
  return (
    <search className="block border-b border-line-faint p-2">
      <Delayed
        id={SEARCH_ID}
        label="Search history"
        placeholder="Pool, account or reason"
        value={view.search}
        onChange={(search) => onChange({ search })}
        lead={<Search aria-hidden className="size-3.5 flex-none text-ink-3" />}
        trail={<Kbd>s</Kbd>}
      />
      <details open={some} className="mt-1">
        <summary className="w-fit rounded-sm px-0.5 py-0.5 text-xs text-ink-3 hover:text-ink-1">
          Filters: pool, who, kind, days
        </summary>
        <div className="mt-1 grid grid-cols-2 gap-2">
          <Field label="Pool">
            <Delayed value={view.pool} onChange={(pool) => onChange({ pool })} />
          </Field>
          <Field label="Who">
            <Select value={view.actor} onChange={(event) => onChange({ actor: event.target.value })}>
              <option value="">Anybody</option>
              {actors.map(({ actor, words }) => (
                <option key={actor} value={actor}>
                  {words}
                </option>
              ))}
            </Select>
          </Field>
          <Field label="Kind">
            <Select value={view.action} onChange={(event) => onChange({ action: event.target.value })}>
              <option value="">Any kind</option>
              {Object.entries(actionWords).map(([action, words]) => (
                <option key={action} value={action}>
                  {words}
                </option>
              ))}
            </Select>
          </Field>
          <span />
          <Field label="From day, UTC">
            <TextInput type="date" value={view.from} onChange={(event) => onChange({ from: event.target.value })} />
          </Field>
          <Field label="To day, UTC">
            <TextInput type="date" value={view.to} onChange={(event) => onChange({ to: event.target.value })} />
          </Field>
        </div>
        {isFiltered(view) && (
          <Button small look="ghost" className="mt-1.5" onClick={() => onChange(withoutFilters(view))}>
            Clear the filters
          </Button>
        )}
      </details>
    </search>
  );
}

/** Text that is asked for when typing rests: each letter would be a question to the server and a step in the address. */
function Delayed({
  id,
  label,
  value,
  onChange,
  ...rest
}: {
  id?: string;
  label?: string;
  placeholder?: string;
  value: string;
  onChange: (value: string) => void;
  lead?: React.ReactNode;
  trail?: React.ReactNode;
}) {
  const [typed, setTyped] = useState(value);
  const [seen, setSeen] = useState(value);
  if (seen !== value) {
    setSeen(value);
    if (typed.trim() !== value) setTyped(value);
  }
  useEffect(() => {
    if (typed.trim() === value) return;
    const timer = setTimeout(() => onChange(typed.trim()), 250);
    return () => clearTimeout(timer);
  }, [typed, value, onChange]);
  return (
    <TextInput
      {...(id === undefined ? {} : { id })}
      {...(label === undefined ? {} : { 'aria-label': label })}
      {...rest}
      value={typed}
      onChange={(event) => setTyped(event.target.value)}
    />
  );
}
