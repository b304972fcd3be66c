import { exclusions, type NatSettings, type SettingField } from '../../core/nat/settings.ts';
import { Field, Select, TextInput } from '../components/field.tsx';

const texts: Record<
  Exclude<SettingField, 'natOutgoingExclusions'>,
  { label: string; hint: string; example: string }
> = {
  natOutgoingAddress: {
    label: 'Fixed IPv4 address',
    hint: 'Instead of the node’s own; the network must route it back to the node',
    example: '192.0.2.50',
  },
  natOutgoingAddressV6: {
    label: 'Fixed IPv6 address',
    hint: 'The same for IPv6',
    example: '2001:db8:1::50',
  },
  natPortRange: {
    label: 'Source ports',
    hint: 'For tcp and udp, lower port first',
    example: '32768:65535',
  },
  iptablesNATOutgoingInterfaceFilter: {
    label: 'Only out of interface',
    hint: 'A name, or the beginning of names with + at its end',
    example: 'eth+',
  },
};

/** The five settings. `fallback` is what holds where a field is empty: Calico's default, or what holds for all nodes. */
export function SettingFields({
  settings,
  fallback,
  errors,
  onChange,
}: {
  settings: NatSettings;
  fallback: NatSettings;
  errors: (field: SettingField) => string[];
  onChange: (field: SettingField, text: string) => void;
}) {
  return (
    <div className="grid grid-cols-[repeat(auto-fill,minmax(min(19rem,100%),1fr))] items-start gap-x-4 gap-y-3">
      <Field
        label="Node addresses"
        aside={<span className="machine text-2xs">natOutgoingExclusions</span>}
        hint="Whether traffic to a node’s own address keeps the pod address"
        errors={errors('natOutgoingExclusions')}
      >
        <Select
          value={settings.natOutgoingExclusions ?? ''}
          onChange={(event) => onChange('natOutgoingExclusions', event.target.value)}
        >
          <option value="">not set: {fallback.natOutgoingExclusions ?? 'IPPoolsOnly'}</option>
          {exclusions.map((exclusion) => (
            <option key={exclusion}>{exclusion}</option>
          ))}
        </Select>
      </Field>
      {Object.entries(texts).map(([name, { label, hint, example }]) => {
        const field = name as keyof typeof texts;
        return (
          <Field
            key={field}
            label={label}
            aside={<span className="machine text-2xs">{field}</span>}
            hint={`${hint}, e.g. ${example}${settings[field] !== undefined || fallback[field] === undefined ? '' : `. Not set here: ${fallback[field]}`}`}
            errors={errors(field)}
          >
            <TextInput
              machine
              value={settings[field] ?? ''}
              onChange={(event) => onChange(field, event.target.value)}
            />
          </Field>
        );
      })}
    </div>
  );
}
