import type { ReadError } from '../core/calico/read.ts';

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
