/** Settings as they are stored: one text for each meaning, nothing that says nothing. */
import { formatAddress, parseAddress } from '../net/address.ts';
import type { ClusterSettings, NatSettings } from './settings.ts';
import { natSettingsSchema } from './settings-schema.ts';

const names = natSettingsSchema.keyof().options;

/** Empty texts are left out, nodes without a setting too; addresses are canonical; nodes are sorted. */
export function canonicalSettings({ global, nodes }: ClusterSettings): ClusterSettings {
  const entries = Object.keys(nodes)
    .sort()
    .map((name) => [name, canonical(nodes[name] ?? {})] as const)
    .filter(([, settings]) => Object.keys(settings).length > 0);
  return { global: canonical(global), nodes: Object.fromEntries(entries) };
}

export const sameSettings = (a: ClusterSettings, b: ClusterSettings): boolean =>
  JSON.stringify(canonicalSettings(a)) === JSON.stringify(canonicalSettings(b));

function canonical(settings: NatSettings): NatSettings {
  const entries = names.flatMap((name) => {
    const text = settings[name]?.trim();
    return text === undefined || text === ''
      ? []
      : [[name, name.startsWith('natOutgoingAddress') ? address(text) : text]];
  });
  return Object.fromEntries(entries) as NatSettings;
}

function address(text: string): string {
  const parsed = parseAddress(text);
  return parsed.ok ? formatAddress(parsed.value) : text;
}
