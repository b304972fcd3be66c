/** NAT settings, in the words of FelixConfiguration: the default for every node and what single nodes override. */

export const exclusions = ['IPPoolsOnly', 'IPPoolsAndHostIPs'] as const;

/** One set of settings; an absent field falls back to the default (global, then Calico's). Rules: validate-settings.ts. */
export type NatSettings = {
  natOutgoingExclusions?: (typeof exclusions)[number] | undefined;
  natOutgoingAddress?: string | undefined;
  natOutgoingAddressV6?: string | undefined;
  natPortRange?: string | undefined;
  iptablesNATOutgoingInterfaceFilter?: string | undefined;
};
export const settingFields = [
  'natOutgoingExclusions',
  'natOutgoingAddress',
  'natOutgoingAddressV6',
  'natPortRange',
  'iptablesNATOutgoingInterfaceFilter',
] as const satisfies readonly (keyof NatSettings)[];
export type SettingField = (typeof settingFields)[number];

export type ClusterSettings = { global: NatSettings; nodes: Record<string, NatSettings> };

export const noSettings: ClusterSettings = { global: {}, nodes: {} };

/** What holds on one node: its own value, else the global one. */
export function settingsFor(settings: ClusterSettings, node: string | undefined): NatSettings {
  return node === undefined ? settings.global : { ...settings.global, ...settings.nodes[node] };
}

/** `over` where it says something, else `under`. */
export function overlaySettings(under: ClusterSettings, over: ClusterSettings): ClusterSettings {
  const names = [...new Set([...Object.keys(under.nodes), ...Object.keys(over.nodes)])].sort();
  return {
    global: { ...under.global, ...over.global },
    nodes: Object.fromEntries(names.map((name) => [name, { ...under.nodes[name], ...over.nodes[name] }])),
  };
}
