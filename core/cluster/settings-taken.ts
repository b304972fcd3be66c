/** What of the NAT settings that a cluster's objects say comes into force. */
import { canonicalSettings } from '../nat/canonical-settings.ts';
import type { ClusterSettings, NatSettings } from '../nat/settings.ts';
import { validateSettings } from '../nat/validate-settings.ts';
import type { Pool } from '../pool/spec.ts';
import { objectAt, objectOf, settingsIn } from './felix-objects.ts';

/** Of an object that says what means nothing, or would stop Felix, what it said before stays; the others are as they are. */
export function settingsTaken(said: ClusterSettings, before: ClusterSettings, pools: readonly Pool[]): ClusterSettings {
  const bad = new Set(validateSettings(said, pools).map(({ field }) => objectAt(field)));
  const taken = (object: string): NatSettings => settingsIn(bad.has(object) ? before : said, object);
  // at once: there may be thousands, and the lock is held
  const nodes = Object.keys(said.nodes).map((node) => [node, taken(objectOf(node))] as const);
  return canonicalSettings({ global: taken(objectOf(null)), nodes: Object.fromEntries(nodes) });
}
