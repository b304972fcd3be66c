/** NAT settings as the form holds them, and as they are saved. */
import {
  type ClusterSettings,
  exclusions,
  type NatSettings,
  type SettingField,
  settingFields,
} from '../../core/nat/settings.ts';
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

/** Mine on top of theirs: a field that I left as it was when I began is as they saved it. */
export function ontoTheirs(began: ClusterSettings, mine: ClusterSettings, theirs: ClusterSettings): ClusterSettings {
  const own = (was: NatSettings = {}, is: NatSettings = {}, other: NatSettings = {}): NatSettings => {
    const kept = settingFields.map((field) => [field, was[field] === is[field] ? other[field] : is[field]] as const);
    return Object.fromEntries(kept.filter(([, value]) => value !== undefined));
  };
  const names = [...new Set([...Object.keys(theirs.nodes), ...Object.keys(mine.nodes)])];
  const nodes = names
    .map((name) => [name, own(began.nodes[name], mine.nodes[name], theirs.nodes[name])] as const)
    // one that either of us took away; a new one is empty until something is set
    .filter(([name, settings]) => Object.keys(settings).length > 0 || !Object.hasOwn(began.nodes, name));
  return { global: own(began.global, mine.global, theirs.global), nodes: Object.fromEntries(nodes) };
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
