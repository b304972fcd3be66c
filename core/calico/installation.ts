/**
 * Pools as Tigera's operator is told of them: the list `spec.calicoNetwork.ipPools` of its Installation. It writes every pool back
 * to what stands there, and deletes those of its own that no longer do.
 */
import { printable } from '../net/quote.ts';
import { withDefaults } from '../pool/defaults.ts';
import type { FieldError } from '../pool/shape.ts';
import type { PoolSpec } from '../pool/spec.ts';
import { scalar } from './scalar.ts';

/** One entry of the list. What is absent the operator fills in as Calico would: natOutgoing and encapsulation it would not. */
export interface InstallationPool {
  readonly name: string;
  readonly cidr: string;
  readonly encapsulation: 'None' | 'IPIP' | 'IPIPCrossSubnet' | 'VXLAN' | 'VXLANCrossSubnet';
  readonly natOutgoing: 'Enabled' | 'Disabled';
  readonly nodeSelector: string;
  readonly blockSize: number;
  readonly disableBGPExport?: true;
  readonly disableNewAllocations?: true;
  readonly allowedUses?: readonly string[];
  readonly assignmentMode?: string;
}

export interface OperatorPool {
  readonly name: string;
  /** null: Calico cannot read it */
  readonly spec: PoolSpec | null;
  readonly problems: readonly FieldError[];
}

export interface InstallationPatch {
  /** YAML for `kubectl patch`, with comments that say how and where */
  readonly text: string;
  /** fields of the pool in question that an Installation has no place for */
  readonly without: readonly string[];
}

/**
 * A merge patch replaces lists: all pools of the operator go into it, `chosen` among them as it is to be. The CIDR goes as it is
 * written, for the operator knows a pool by that text.
 */
export function installationPatch(
  pools: readonly OperatorPool[],
  chosen: { readonly name: string; readonly as: 'live' | 'desired' },
): InstallationPatch {
  const lines = [
    '# For the Installation from which Tigera’s operator makes its pools (operator.tigera.io/v1):',
    '# kubectl patch installation default --type=merge --patch-file FILE',
    '# A merge patch replaces the whole list, and the operator deletes a pool of its own that is not in it: these are all that it has',
    '# in the cluster. Compare with: kubectl get installation default -o yaml',
    ...pools.flatMap(({ name, spec, problems }) => {
      if (spec === null) return [`# ${name} cannot be read and is not in the list: add it, or it is deleted.`];
      const left = lacking(spec, problems);
      return left.length === 0
        ? []
        : [`# ${name} goes without ${left.join(', ')}: an Installation has no place for it.`];
    }),
    ...(pools.length <= MOST_POOLS
      ? []
      : [
          `# The whole list has ${pools.length} pools, and an Installation takes at most ${MOST_POOLS}: the cluster refuses a longer one.`,
        ]),
    'spec:',
    '  calicoNetwork:',
    '    ipPools:',
  ];
  for (const { name, spec } of pools) {
    if (spec === null) continue;
    if (name === chosen.name) lines.push(`      # as it is ${chosen.as === 'live' ? 'in the cluster now' : 'desired'}`);
    lines.push(...entry(installationPool(name, spec)));
  }
  const found = pools.find(({ name }) => name === chosen.name);
  return {
    text: `${lines.join('\n')}\n`,
    without: found?.spec == null ? [] : lacking(found.spec, found.problems),
  };
}

export function installationPool(name: string, spec: PoolSpec): InstallationPool {
  const full = withDefaults(spec);
  return {
    name,
    cidr: full.cidr,
    encapsulation:
      full.vxlanMode !== 'Never' ? encapsulated('VXLAN', full.vxlanMode) : encapsulated('IPIP', full.ipipMode),
    natOutgoing: full.natOutgoing ? 'Enabled' : 'Disabled',
    nodeSelector: full.nodeSelector,
    blockSize: full.blockSize,
    // older operators lack some of these: they are said where they say something
    ...(full.disableBGPExport && { disableBGPExport: true }),
    ...(full.disabled && { disableNewAllocations: true }),
    ...(full.allowedUses.join() !== 'Tunnel,Workload' && { allowedUses: full.allowedUses }),
    ...(full.assignmentMode !== 'Automatic' && { assignmentMode: full.assignmentMode }),
  };
}

const LONGEST_KEY = 80;

/** `maxItems` of `ipPools` in the operator's schema of an Installation. */
const MOST_POOLS = 25;

/** Fields that say something and that an Installation cannot say, and those that were not understood. */
function lacking(spec: PoolSpec, problems: readonly FieldError[]): string[] {
  const { namespaceSelector, ipipMode, vxlanMode } = withDefaults(spec);
  return [
    ...(namespaceSelector === '' ? [] : ['namespaceSelector']),
    ...(ipipMode !== 'Never' && vxlanMode !== 'Never' ? ['ipipMode'] : []),
    // a key may be any text, and must not end the comment that it stands in
    ...new Set(problems.map(({ field }) => printable(field.replace('spec.', ''), LONGEST_KEY))),
  ];
}

function encapsulated<Kind extends 'IPIP' | 'VXLAN'>(
  kind: Kind,
  mode: 'Never' | 'Always' | 'CrossSubnet',
): 'None' | Kind | `${Kind}CrossSubnet` {
  return mode === 'Never' ? 'None' : mode === 'Always' ? kind : `${kind}CrossSubnet`;
}

function entry(pool: InstallationPool): string[] {
  const lines = Object.entries(pool).flatMap(([field, value]) =>
    Array.isArray(value)
      ? [`${field}:`, ...value.map((one: string) => `  - ${scalar(one)}`)]
      : [`${field}: ${typeof value === 'string' ? scalar(value) : value}`],
  );
  return lines.map((line, at) => `      ${at === 0 ? '- ' : '  '}${line}`);
}
