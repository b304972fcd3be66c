/** NAT settings as the form holds them, and as they are saved. */
import { type ClusterSettings, exclusions, type NatSettings, type SettingField } from '../../core/nat/settings.ts';
import type { Violation } from '../../core/pool/spec.ts';

/** Sets one field of all nodes (`node` null) or of one; empty text means not set. */
export function withField(
  settings: ClusterSettings,
  node: string | null,
  field: SettingField,
  text: string,
): ClusterSettings {
  if (node === null) return { ...settings, global: set(settings.global, field, text) };
  return { ...settings, nodes: { ...settings.nodes, [node]: set(settings.nodes[node] ?? {}, field, text) } };
}

export function withoutNode(settings: ClusterSettings, node: string): ClusterSettings {
  const { [node]: _, ...nodes } = settings.nodes;
  return { ...settings, nodes };
}

/** What is saved: nodes that override nothing are left out. */
export function savedForm({ global, nodes }: ClusterSettings): ClusterSettings {
  const own = Object.entries(nodes).filter(([, settings]) => Object.keys(settings).length > 0);
  return { global, nodes: Object.fromEntries(own) };
}

/** Violations that the draft has and what is stored has not: those block saving, older ones do not. */
export function addedViolations(before: readonly Violation[], now: readonly Violation[]): Violation[] {
  const old = new Set(before.map(({ field, message }) => `${field} ${message}`));
  return now.filter(({ field, message }) => !old.has(`${field} ${message}`));
}

function set(settings: NatSettings, field: SettingField, text: string): NatSettings {
  const { [field]: _, ...rest } = settings;
  const value = text.trim();
  if (value === '') return rest;
  if (field !== 'natOutgoingExclusions') return { ...rest, [field]: value };
  const exclusion = exclusions.find((each) => each === value);
  return exclusion === undefined ? rest : { ...rest, natOutgoingExclusions: exclusion };
}
