/** Pools of a manifest's text. */
import { readManifests } from '../../../core/calico/read.ts';
import type { Pool } from '../../../core/pool/spec.ts';
import type { Issue } from '../app-error.ts';
import { unstorable } from '../text.ts';
import { canonicalPool } from './pool-input.ts';

const MOST_ISSUES = 100;

/** Both count from 1. */
export interface TextPlace {
  readonly document: number;
  readonly line: number;
}

export type YamlPools =
  | {
      readonly ok: true;
      readonly pools: Pool[];
      /** where each begins, by name */
      readonly places: ReadonlyMap<string, TextPlace>;
      /** what the text holds besides pools and what was done with it: nothing */
      readonly notes: string[];
    }
  /** every problem (at most 100), each with document, line and field; `message` tells the first */
  | { readonly ok: false; readonly message: string; readonly issues: Issue[] };

/** Takes about half a second a megabyte, and several on a busy machine. */
export function poolsOfYaml(text: string): YamlPools {
  const found = readManifests([{ name: 'yaml', text }]);
  const issues = [
    ...found.errors.map(({ field, message, document, line }) => ({ field: field || 'yaml', message, document, line })),
    ...found.pools.flatMap(({ pool, document, line }) =>
      unstorable(pool).map((issue) => ({ ...issue, document, line })),
    ),
  ];
  if (issues.length === 0 && found.pools.length === 0) {
    issues.push({ field: 'yaml', message: 'yaml must hold at least one IPPool', document: 1, line: 1 });
  }
  if (issues.length > 0) {
    const first = issues[0];
    // a text without a document has no place to name
    const place = first === undefined || first.document === 0 ? '' : `document ${first.document}, line ${first.line}, `;
    const where = first === undefined ? '' : `${place}${first.field}: ${first.message}`;
    const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : '';
    return { ok: false, message: `${where}${more}`, issues: issues.slice(0, MOST_ISSUES) };
  }
  const notes: string[] = [];
  if (found.settings !== null) notes.push('FelixConfiguration was left out: NAT settings are changed under Settings');
  if (found.nodes.length > 0) notes.push('Nodes were left out: their addresses come from the agents');
  const places = new Map(found.pools.map(({ pool, document, line }) => [pool.name, { document, line }]));
  return { ok: true, pools: found.pools.map(({ pool }) => canonicalPool(pool)), places, notes };
}
