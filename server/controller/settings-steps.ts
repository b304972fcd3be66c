/**
 * What came into force of FelixConfigurations, step by step. An object that is not taken holds back all that is written to it, whoever
 * writes: what mends it brings that into force as well, and did not decide it.
 */
import { changedObjects, objectOf, settingsIn } from '../../core/cluster/felix-objects.ts';
import type { LiveFelix } from '../../core/cluster/live-settings.ts';
import { canonicalSettings } from '../../core/nat/canonical-settings.ts';
import { type ClusterSettings, type SettingField, settingFields } from '../../core/nat/settings.ts';
import { lastSettingsOf } from '../db/changes.ts';
import type { Queryable } from '../db/client.ts';
import { heldBackBy, namesText, type Told } from './settings-teller.ts';

/** A part of what came into force, and the settings as that part left them. */
export interface Step extends Told {
  readonly reason: string | null;
  readonly settings: ClusterSettings;
}

interface Moves {
  /** what is in force */
  readonly before: ClusterSettings;
  readonly after: ClusterSettings;
  readonly objects: ReadonlyMap<string, LiveFelix>;
  /** who wrote what is mirrored now, and the fields of each object that it wrote */
  readonly told: Told;
  readonly wrote: ReadonlyMap<string, readonly SettingField[]>;
}

/** What was held back comes first, one step for each writer and cause; what is mirrored now is the last one, where it moves anything. */
export async function stepsOf(tx: Queryable, { before, after, objects, told, wrote }: Moves): Promise<readonly Step[]> {
  const held = new Map<string, { told: Told; fields: Map<string, SettingField[]> }>();
  let anyOfNow = false;
  for (const name of changedObjects(before, after)) {
    const [was, is] = [settingsIn(before, name), settingsIn(after, name)];
    // once for all of its fields: there may be thousands of objects, and the lock is held
    let decided: ReturnType<typeof lastSettingsOf> | undefined;
    const decidedOf = () => (decided ??= lastSettingsOf(tx, name));
    for (const field of settingFields.filter((one) => was[one] !== is[one])) {
      const by = wrote.get(name)?.includes(field) ? told : await heldBackBy(objects.get(name), field, decidedOf);
      if (keyOf(by) === keyOf(told)) {
        anyOfNow = true;
        continue;
      }
      const group = held.get(keyOf(by)) ?? { told: by, fields: new Map() };
      group.fields.set(name, [...(group.fields.get(name) ?? []), field]);
      held.set(keyOf(by), group);
    }
  }
  const steps: Step[] = [];
  let settings = before;
  for (const { told: by, fields } of held.values()) {
    settings = withFields(settings, after, fields);
    const reason = by.cause === null ? `written while ${namesText([...fields.keys()])} was not taken` : null;
    steps.push({ ...by, reason, settings });
  }
  return anyOfNow ? [...steps, { ...told, reason: null, settings: after }] : steps;
}

const keyOf = ({ actor, cause }: Told): string => JSON.stringify([actor, cause]);

/** At once: there may be thousands of nodes, and the lock is held. */
function withFields(
  settings: ClusterSettings,
  from: ClusterSettings,
  fields: ReadonlyMap<string, readonly SettingField[]>,
): ClusterSettings {
  const own = (object: string) => ({
    ...settingsIn(settings, object),
    ...Object.fromEntries((fields.get(object) ?? []).map((field) => [field, settingsIn(from, object)[field]])),
  });
  const nodes = new Set([...Object.keys(settings.nodes), ...Object.keys(from.nodes)]);
  return canonicalSettings({
    global: own(objectOf(null)),
    nodes: Object.fromEntries([...nodes].map((node) => [node, own(objectOf(node))])),
  });
}
