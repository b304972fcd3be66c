'use client';
import { Box, Globe } from 'lucide-react';
import { useMemo } from 'react';
import type { EndKind } from '../../core/names/read-end.ts';
import { Button } from '../components/button.tsx';
import { Field, Select, TextInput } from '../components/field.tsx';
import { Kbd } from '../components/kbd.tsx';
import { NameField } from './name-field.tsx';
import { type FieldError, hasMore, isAsked, type Named, type Question } from './question.ts';

const protocols = ['tcp', 'udp', 'icmp', 'sctp', 'gre'] as const;
const SOURCES: EndKind[] = ['pod', 'node'];
const DESTINATIONS: EndKind[] = ['pod', 'service', 'node'];
const states = [
  { value: 'new', label: 'new: the first packet' },
  { value: 'established', label: 'established' },
  { value: 'invalid', label: 'invalid' },
  { value: 'untracked', label: 'untracked' },
] as const;

/** The question as typed. What is wrong stands under its field, from this browser or from the server. */
export function QuestionForm({
  question,
  onChange,
  onAsk,
  pods,
  targets,
  cluster,
  errors,
  children,
}: {
  question: Question;
  onChange: (question: Question) => void;
  onAsk: () => void;
  pods: readonly Named[];
  targets: readonly Named[];
  /** names of the cluster may stand in From and To */
  cluster: boolean;
  errors: readonly FieldError[];
  /** buttons after Ask */
  children: React.ReactNode;
}) {
  const set = (part: Partial<Question>): void => onChange({ ...question, ...part });
  const at = (field: keyof Question): FieldError[] => errors.filter((error) => error.field === field);
  const wrong = (field: keyof Question): string[] => at(field).map(({ message }) => message);
  const ends = useMemo(() => [...targets, ...pods], [targets, pods]);
  return (
    <form
      aria-label="Question"
      onSubmit={(event) => {
        event.preventDefault();
        onAsk();
      }}
    >
      <div className="flex flex-wrap items-start gap-2">
        <NameField
          label="From"
          value={question.from}
          onChange={(from) => set({ from })}
          lab={pods}
          cluster={cluster}
          kinds={SOURCES}
          errors={at('from')}
          placeholder={
            cluster ? 'Pod, node or address' : pods.length > 0 ? 'Pod or address' : 'Pod address, IPv4 or IPv6'
          }
          lead={<Box aria-hidden className="size-3.5 flex-none text-ink-3" />}
          className="min-w-56 flex-[1.6_1_16rem] narrow:min-w-full"
        />
        <NameField
          label="To"
          value={question.to}
          onChange={(to) => set({ to })}
          lab={ends}
          cluster={cluster}
          kinds={DESTINATIONS}
          errors={at('to')}
          placeholder={
            cluster
              ? 'Service, pod, node or address'
              : targets.length > 0
                ? 'Target, pod or address'
                : 'Address, IPv4 or IPv6'
          }
          lead={<Globe aria-hidden className="size-3.5 flex-none text-ink-3" />}
          className="min-w-48 flex-[1.2_1_14rem]"
        />
        <Field label="Protocol" errors={wrong('proto')} className="w-24">
          <Select value={question.proto} onChange={(event) => set({ proto: event.target.value })}>
            {[...new Set([...protocols, question.proto])].map((proto) => (
              <option key={proto}>{proto}</option>
            ))}
          </Select>
        </Field>
        <Field label="Port" errors={wrong('port')} className="w-22">
          <TextInput
            machine
            inputMode="numeric"
            value={question.port}
            onChange={(event) => set({ port: event.target.value })}
          />
        </Field>
        <div className="flex flex-wrap items-center gap-2 pt-5.5 narrow:pt-0">
          <Button
            look="primary"
            type="submit"
            refused={isAsked(question) ? undefined : 'Ask needs both From and To.'}
            title="Ask (Ctrl+Enter)"
          >
            Ask <Kbd>Ctrl ↵</Kbd>
          </Button>
          {children}
        </div>
      </div>
      <details className="group mt-1.5" open={hasMore(question)}>
        <summary className="w-fit rounded-sm py-0.5 text-xs text-ink-3 hover:text-ink-1">
          More: source port, service proxy, state, out-interface
        </summary>
        <div className="mt-1.5 flex flex-wrap items-start gap-2">
          <Field label="Source port" errors={wrong('sport')} className="w-28">
            <TextInput
              machine
              inputMode="numeric"
              value={question.sport}
              onChange={(event) => set({ sport: event.target.value })}
            />
          </Field>
          <Field
            label="Resolved to"
            errors={wrong('resolvedTo')}
            hint="The destination after a service proxy"
            className="w-56"
          >
            <TextInput
              machine
              value={question.resolvedTo}
              onChange={(event) => set({ resolvedTo: event.target.value })}
            />
          </Field>
          <Field label="State" errors={wrong('state')} className="w-44">
            <Select
              value={question.state}
              onChange={(event) => {
                const state = states.find(({ value }) => value === event.target.value);
                if (state !== undefined) set({ state: state.value });
              }}
            >
              {states.map(({ value, label }) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </Select>
          </Field>
          <Field
            label="Out-interface"
            errors={wrong('outInterface')}
            hint="Empty: as the node’s routes say"
            className="w-44"
          >
            <TextInput
              machine
              value={question.outInterface}
              onChange={(event) => set({ outInterface: event.target.value })}
            />
          </Field>
        </div>
      </details>
    </form>
  );
}
