'use client';
import { Lock } from 'lucide-react';
import { useState } from 'react';
import { parseInterface } from '../../../core/net/prefix.ts';
import { facetsOf, withDefaults } from '../../../core/pool/defaults.ts';
import type { Pool, PoolSpec } from '../../../core/pool/spec.ts';
import { assignmentModes, encapsulations, uses } from '../../../core/pool/words.ts';
import { Checkbox } from '../../components/checkbox.tsx';
import { Field, Select, TextInput } from '../../components/field.tsx';
import { Panel } from '../../components/panel.tsx';
import { Segmented } from '../../components/segmented.tsx';
import { Switch } from '../../components/switch.tsx';
import type { SpecChange } from '../draft.ts';
import { type Finding, messagesFor } from '../findings.ts';
import { addressCount } from '../words.ts';

/** The pool as fields. An empty choice leaves the field out, so that Calico's default holds. */
export function PoolForm({
  pool,
  findings,
  creating,
  onName,
  onSpec,
}: {
  pool: Pool;
  findings: readonly Finding[];
  creating: boolean;
  onName: (name: string) => void;
  onSpec: (change: SpecChange) => void;
}) {
  const { spec } = pool;
  const full = withDefaults(spec);
  const facets = facetsOf(spec);
  const errors = (field: string): string[] => messagesFor(findings, `spec.${field}`);
  return (
    <Panel
      title="Form"
      actions={
        <Segmented
          label="Kind"
          value={full.disabled && !full.natOutgoing ? 'exemption' : 'pool'}
          onChange={(kind) =>
            onSpec(
              kind === 'exemption'
                ? { disabled: true, natOutgoing: undefined }
                : { disabled: undefined, natOutgoing: true },
            )
          }
          options={[
            { value: 'pool', label: 'Pool' },
            { value: 'exemption', label: 'Exemption' },
          ]}
        />
      }
    >
      <div className="flex flex-col gap-3">
        <Field
          label="Name"
          errors={messagesFor(findings, 'metadata.name')}
          {...(creating ? {} : { hint: 'A pool keeps its name. For another one, create a pool and delete this.' })}
        >
          <TextInput
            machine
            value={pool.name}
            readOnly={!creating}
            onChange={(event) => onName(event.target.value)}
            maxLength={253}
          />
        </Field>
        <Field label="CIDR" aside={countText(spec.cidr)} errors={errors('cidr')}>
          <TextInput
            machine
            value={spec.cidr}
            onChange={(event) => onSpec({ cidr: event.target.value.trim() })}
            maxLength={48}
          />
        </Field>
        <ul className="divide-y divide-line-faint rounded-md border border-line">
          <FacetRow word="Allocates addresses" code={`disabled: ${full.disabled}`}>
            <Switch
              label="Allocates addresses"
              checked={facets.allocates}
              onChange={(on) => onSpec({ disabled: on ? undefined : true })}
            />
          </FacetRow>
          <FacetRow word="Traffic from it is NATed" code={`natOutgoing: ${full.natOutgoing}`}>
            <Switch
              label="Traffic from it is NATed"
              checked={facets.nats}
              onChange={(on) => onSpec({ natOutgoing: on ? true : undefined })}
            />
          </FacetRow>
          <FacetRow
            word="Traffic to it is exempt"
            code={facets.exempt ? 'always, being a pool' : 'not for load balancers alone'}
          >
            <Lock aria-hidden className="mx-2.5 size-3.5 text-ink-3" />
          </FacetRow>
        </ul>
        <div className="grid grid-cols-2 gap-3">
          <ChoiceField
            field="ipipMode"
            value={spec.ipipMode}
            options={encapsulations}
            fallback="Never"
            errors={errors('ipipMode')}
            onChange={(ipipMode) => onSpec({ ipipMode })}
          />
          <ChoiceField
            field="vxlanMode"
            value={spec.vxlanMode}
            options={encapsulations}
            fallback="Never"
            errors={errors('vxlanMode')}
            onChange={(vxlanMode) => onSpec({ vxlanMode })}
          />
        </div>
        <MoreFields spec={spec} errors={errors} onSpec={onSpec} />
      </div>
    </Panel>
  );
}

const rare = [
  'blockSize',
  'nodeSelector',
  'namespaceSelector',
  'allowedUses',
  'disableBGPExport',
  'assignmentMode',
] as const;

/** Fields that decide nothing about NAT; open from the start when one is set or wrong. */
function MoreFields({
  spec,
  errors,
  onSpec,
}: {
  spec: PoolSpec;
  errors: (field: string) => string[];
  onSpec: (change: SpecChange) => void;
}) {
  const needed = rare.some((field) => spec[field] !== undefined || errors(field).length > 0);
  const [wished, setWished] = useState(false);
  const full = withDefaults(spec);
  return (
    <details open={needed || wished} onToggle={(event) => setWished(event.currentTarget.open)}>
      <summary className="rounded-sm py-1 text-xs font-medium text-ink-2">Allocation, selectors and uses</summary>
      <div className="mt-2 flex flex-col gap-3">
        <div className="grid grid-cols-2 gap-3">
          <Field label="blockSize" errors={errors('blockSize')}>
            <TextInput
              machine
              inputMode="numeric"
              placeholder={`default: ${full.blockSize}`}
              value={spec.blockSize ?? ''}
              onChange={({ target: { value } }) => {
                if (/^\d{0,3}$/.test(value)) onSpec({ blockSize: value === '' ? undefined : Number(value) });
              }}
            />
          </Field>
          <ChoiceField
            field="assignmentMode"
            value={spec.assignmentMode}
            options={assignmentModes}
            fallback="Automatic"
            errors={errors('assignmentMode')}
            onChange={(assignmentMode) => onSpec({ assignmentMode })}
          />
        </div>
        <Field label="nodeSelector" errors={errors('nodeSelector')}>
          <TextInput
            machine
            placeholder="default: all()"
            value={spec.nodeSelector ?? ''}
            onChange={({ target: { value } }) => onSpec({ nodeSelector: value === '' ? undefined : value })}
          />
        </Field>
        <Field label="namespaceSelector" errors={errors('namespaceSelector')}>
          <TextInput
            machine
            placeholder="default: every namespace"
            value={spec.namespaceSelector ?? ''}
            onChange={({ target: { value } }) => onSpec({ namespaceSelector: value === '' ? undefined : value })}
          />
        </Field>
        <fieldset>
          <legend className="text-xs font-medium text-ink-2">allowedUses</legend>
          <div className="flex flex-wrap gap-x-4">
            {uses.map((use) => (
              <label key={use} htmlFor={`use-${use}`} className="inline-flex items-center gap-1 text-xs">
                <Checkbox
                  id={`use-${use}`}
                  checked={full.allowedUses.includes(use)}
                  onChange={() => onSpec({ allowedUses: toggled(full.allowedUses, use) })}
                />
                {use}
              </label>
            ))}
          </div>
          {errors('allowedUses').map((message) => (
            <p key={message} className="text-xs text-error-fg">
              {message}
            </p>
          ))}
        </fieldset>
        <div className="flex items-center justify-between gap-3 text-xs">
          <span>
            <span className="machine">disableBGPExport</span>: the range is not announced to BGP peers
          </span>
          <Switch
            label="disableBGPExport"
            checked={full.disableBGPExport}
            onChange={(on) => onSpec({ disableBGPExport: on ? true : undefined })}
          />
        </div>
        {errors('disableBGPExport').map((message) => (
          <p key={message} className="text-xs text-error-fg">
            {message}
          </p>
        ))}
      </div>
    </details>
  );
}

function ChoiceField<T extends string>({
  field,
  value,
  options,
  fallback,
  errors,
  onChange,
}: {
  field: string;
  value: T | undefined;
  options: readonly T[];
  fallback: T;
  errors: readonly string[];
  onChange: (value: T | undefined) => void;
}) {
  return (
    <Field label={field} errors={errors}>
      <Select
        value={value ?? ''}
        onChange={(event) => onChange(options.find((option) => option === event.target.value))}
      >
        <option value="">default: {fallback}</option>
        {options.map((option) => (
          <option key={option}>{option}</option>
        ))}
      </Select>
    </Field>
  );
}

function FacetRow({ word, code, children }: { word: string; code: string; children: React.ReactNode }) {
  return (
    <li className="flex min-h-9 items-center gap-3 py-1 pr-2 pl-2.5">
      <span className="flex-1 text-xs font-medium text-ink-1">{word}</span>
      <span className="machine text-2xs text-ink-3">{code}</span>
      {children}
    </li>
  );
}

/** The default set is written by leaving the field out. */
function toggled(now: FullUses, use: FullUses[number]): PoolSpec['allowedUses'] {
  const next = now.includes(use) ? now.filter((each) => each !== use) : [...now, use].sort();
  return next.length === 0 || next.join() === 'Tunnel,Workload' ? undefined : next;
}
type FullUses = NonNullable<PoolSpec['allowedUses']>;

function countText(cidr: string): string {
  const parsed = parseInterface(cidr);
  if (!parsed.ok) return '';
  const { address, length } = parsed.value;
  const count = addressCount(length, address.family === 4 ? 32 : 128);
  return `${count} ${count === '1' ? 'address' : 'addresses'}`;
}
