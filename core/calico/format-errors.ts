import type { ReadError } from './documents.ts';
import type { BrokenRule } from './usable-state.ts';

/** `pools.yaml: document 2, line 14, spec.natOutgoing: message`, one line an error. */
export const formatErrors = (errors: readonly ReadError[]): string =>
  errors
    .map(({ file, document, line, field, message }) => {
      const place = [
        ...(document > 0 ? [`document ${document}`] : []),
        ...(line > 0 ? [`line ${line}`] : []),
        ...(field === '' ? [] : [field]),
      ];
      return `${[file, ...(place.length > 0 ? [place.join(', ')] : [])].join(': ')}: ${message}\n`;
    })
    .join('');

const MOST_BROKEN = 20;

/** Rules that do not hold where that ends nothing: some of them, for nobody reads a thousand lines beside an answer. */
export function formatBroken(broken: readonly BrokenRule[]): string {
  const shown = broken.slice(0, MOST_BROKEN).map(({ rule, ...error }) => {
    return { ...error, message: `rule ${rule} does not hold: ${error.message}` };
  });
  const rest = broken.length - shown.length;
  return `${formatErrors(shown)}${rest === 0 ? '' : `${rest} more rules do not hold: outgate validate names them\n`}`;
}
