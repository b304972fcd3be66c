/** NAT settings that break a rule, with the place in the files: the rules know settings, not who wrote them where. */
import { noSettings } from '../nat/settings.ts';
import { validateSettings } from '../nat/validate-settings.ts';
import type { Manifests, ReadError } from './read.ts';

/** Every violation of validateSettings, as an error of `spec.<setting>` in the FelixConfiguration that holds it. */
export function settingsErrors({ settings, settingsAt, pools }: Manifests): ReadError[] {
  const all = pools.map(({ pool }) => pool);
  return validateSettings(settings ?? noSettings, all).map(({ field, message }) => {
    const place = settingsAt.get(field) ?? { file: '', document: 0, line: 0 };
    return { ...place, field: `spec.${field.slice(field.lastIndexOf('.') + 1)}`, message };
  });
}
