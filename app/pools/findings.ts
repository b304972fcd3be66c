/** What must hold for a draft, everything at once, and the fix that a button can make. Runs on every keystroke. */
import { parseAddress } from '../../core/net/address.ts';
import { formatPrefix, parseInterface, prefixOf } from '../../core/net/prefix.ts';
import { withDefaults } from '../../core/pool/defaults.ts';
import { parsePoolName, parsePoolSpec } from '../../core/pool/shape.ts';
import type { Pool, Violation, Warning } from '../../core/pool/spec.ts';
import { addedViolations, validatePool } from '../../core/pool/validate.ts';
import type { SpecChange } from './draft.ts';

export interface Finding {
  /**
   * error: blocks the save. known: was broken before, blocks nothing as long as nothing gets worse. others: broken beside pools of
   * others in the cluster, which nothing here can keep from it.
   */
  kind: 'error' | 'known' | 'others' | 'warning';
  /** C1-C17, S1, S2, `-`, W_..., or '' for a field's own shape */
  rule: string;
  field: string;
  message: string;
  fix: { label: string; change: SpecChange } | null;
}

/**
 * `others` are the pools of the list (the pool itself is left out by its name); `before` is the stored pool, undefined
 * while it is created.
 */
export function findingsOf(pool: Pool, others: readonly Pool[], before: Pool | undefined): Finding[] {
  const name = parsePoolName(pool.name);
  const spec = parsePoolSpec(pool.spec);
  const shape = [...(name.ok ? [] : name.errors), ...(spec.ok ? [] : spec.errors)];
  const taken =
    before === undefined && others.some((other) => other.name === pool.name)
      ? [{ field: 'metadata.name', message: `name must not be taken: a pool '${pool.name}' exists` }]
      : [];
  const errors: Finding[] = [...shape, ...taken].map((each) => ({ kind: 'error', rule: '', fix: null, ...each }));
  if (!spec.ok) return errors;
  const added = new Set(addedViolations(pool, others, before).map(keyOf));
  const violations: Finding[] = validatePool(pool, others, before).map((violation) => ({
    kind: added.has(keyOf(violation)) ? 'error' : 'known',
    fix: fixFor(violation, pool),
    ...violation,
  }));
  return [...errors, ...violations];
}

/** The server's answer beside ours: what only it can know (warnings, pools saved since) is added. */
export function withServerFindings(
  ours: readonly Finding[],
  server:
    | { violations: readonly (Violation & { ofOthers?: true | undefined })[]; warnings: readonly Warning[] }
    | undefined,
): Finding[] {
  if (server === undefined) return [...ours];
  const have = new Set(ours.map(keyOf));
  const more: Finding[] = server.violations
    .filter((violation) => !have.has(keyOf(violation)))
    .map(({ ofOthers, ...violation }) => ({ kind: ofOthers ? 'others' : 'error', fix: null, ...violation }));
  const warnings: Finding[] = server.warnings.map(({ code, field, message }) => ({
    kind: 'warning',
    rule: code,
    field,
    message,
    fix: null,
  }));
  return [...ours, ...more, ...warnings];
}

export const errorsOf = (findings: readonly Finding[]): Finding[] => findings.filter(({ kind }) => kind === 'error');

/** Messages for the control of one field. */
export const messagesFor = (findings: readonly Finding[], field: string): string[] =>
  errorsOf(findings)
    .filter((finding) => finding.field === field || finding.field.startsWith(`${field}[`))
    .map(({ message }) => message);

const keyOf = ({ rule, field, message }: { rule: string; field: string; message: string }): string =>
  `${rule} ${field} ${message}`;

function fixFor({ rule }: Violation, { spec }: Pool): Finding['fix'] {
  const full = withDefaults(spec);
  switch (rule) {
    case '-':
      return wholeAddress(spec.cidr);
    case 'C1':
      return { label: 'Set both Never', change: { ipipMode: undefined, vxlanMode: undefined } };
    case 'C2':
      return { label: 'Switch encapsulation off', change: { ipipMode: undefined, vxlanMode: undefined } };
    case 'C3':
      return { label: 'Load balancer only', change: { allowedUses: ['LoadBalancer'] } };
    case 'C4':
      return { label: 'Set ipipMode Never', change: { ipipMode: undefined } };
    case 'C5':
      return { label: 'Allow BGP export', change: { disableBGPExport: undefined } };
    case 'C6':
      return { label: 'Select all()', change: { nodeSelector: undefined } };
    case 'C7':
      return { label: 'Remove namespaceSelector', change: { namespaceSelector: undefined } };
    case 'S1':
      return { label: 'Select all()', change: { nodeSelector: undefined } };
    case 'S2':
      return { label: 'Remove namespaceSelector', change: { namespaceSelector: undefined } };
    case 'C10':
      return masked(spec.cidr);
    case 'C13':
      return { label: `Use ${spec.cidr.includes(':') ? 122 : 26}`, change: { blockSize: undefined } };
    case 'C14': {
      const length = Number(spec.cidr.split('/')[1]);
      return Number.isInteger(length) && length > full.blockSize
        ? { label: `Use blockSize ${length}`, change: { blockSize: length } }
        : null;
    }
    default:
      return null;
  }
}

function masked(cidr: string): Finding['fix'] {
  const parsed = parseInterface(cidr);
  if (!parsed.ok) return null;
  const text = formatPrefix(prefixOf(parsed.value.address, parsed.value.length));
  return { label: `Use ${text}`, change: { cidr: text } };
}

/** A lone address becomes the pool of that address. */
function wholeAddress(cidr: string): Finding['fix'] {
  const address = parseAddress(cidr);
  if (!address.ok) return null;
  const text = `${cidr}/${address.value.family === 4 ? 32 : 128}`;
  return { label: `Use ${text}`, change: { cidr: text } };
}
