'use client';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type ReactNode, useMemo, useState } from 'react';
import { type EndKind, readEnd } from '../../core/names/read-end.ts';
import { Button } from '../components/button.tsx';
import { Combobox, type ComboboxOption } from '../components/combobox.tsx';
import { Field } from '../components/field.tsx';
import { useDelayed } from '../components/use-delayed.ts';
import { askOnce } from '../trpc/ask-once.ts';
import { useTRPC } from '../trpc/client.ts';
import type { FieldError, Named } from './question.ts';

const PAUSE_MS = 100;

/** One end of the question: an address, a name of the lab, or with a cluster a name of it, completed while it is typed. */
export function NameField({
  label,
  value,
  onChange,
  lab,
  cluster,
  kinds,
  errors,
  placeholder,
  lead,
  className,
}: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  lab: readonly Named[];
  cluster: boolean;
  /** what of the cluster may stand here */
  kinds: EndKind[];
  errors: readonly FieldError[];
  placeholder: string;
  lead: ReactNode;
  className?: string;
}) {
  const [used, setUsed] = useState(false);
  const text = useDelayed(value.trim(), PAUSE_MS);
  const trpc = useTRPC();
  const { data } = useQuery(
    trpc.simulate.complete.queryOptions(
      { text: nameIn(text), kinds },
      { ...askOnce, enabled: cluster && used, placeholderData: keepPreviousData },
    ),
  );
  const options = useMemo((): ComboboxOption[] => {
    const own = lab.map(({ name, addresses }) => ({ value: name, detail: addresses.join('  ') }));
    const found = (data?.suggestions ?? []).map(
      ({ kind, value: taken, namespace, name, node, addresses, hostNetwork }) => ({
        value: taken,
        label: namespace === null ? name : `${namespace}/${name}`,
        kind,
        where: [kind === 'pod' ? node : null, hostNetwork && kind === 'pod' ? 'host network' : null]
          .filter(Boolean)
          .join(', '),
        detail: addresses.slice(0, 2).join('  '),
        fits: true,
      }),
    );
    return [...own, ...found];
  }, [lab, data]);
  const behind = lab.find(({ name }) => name === value.trim());
  const candidates = errors.flatMap((error) => error.candidates ?? []);
  return (
    <Field label={label} errors={errors.map(({ message }) => message)} className={className ?? ''}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: only notes that the field inside is used */}
      <span className="block min-w-0" onFocus={() => setUsed(true)}>
        <Combobox
          value={value}
          onChange={onChange}
          options={options}
          placeholder={placeholder}
          lead={lead}
          trail={
            behind !== undefined && (
              <span className="machine flex-none text-ink-3 narrow:hidden">{behind.addresses[0]}</span>
            )
          }
        />
      </span>
      {candidates.length > 0 && (
        <span className="flex flex-wrap gap-1">
          {candidates.map((candidate) => (
            <Button key={candidate} small onClick={() => onChange(candidate)}>
              {candidate}
            </Button>
          ))}
        </span>
      )}
    </Field>
  );
}

/** A port behind a name or address is no part of what is looked for. */
function nameIn(text: string): string {
  const end = readEnd(text);
  if (end.is === 'address') return end.address;
  return end.is === 'name' && end.port !== null ? text.slice(0, text.lastIndexOf(':')) : text;
}
