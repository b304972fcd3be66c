/**
 * What must hold for a pool on its own: Calico's rules C1-C14 with Calico's messages, one function a rule.
 *
 * Calico checks some of them in some versions and entry points. We check all of them always, on the effective values:
 * a field that is absent counts as its default. C10-C14 need a CIDR that can be read; without one `-` says so. S1 and S2: the selectors
 * can be read.
 */
import { overlaps, type Prefix } from '../net/prefix.ts';
import { quote } from '../net/quote.ts';
import { selectorFault } from './selector.ts';
import type { Violation } from './spec.ts';
import type { Subject } from './subject.ts';
import type { uses } from './words.ts';

type Rule = (pool: Subject) => Violation | undefined;

const violation = (rule: string, field: string, message: string): Violation => ({
  rule,
  field: `spec.${field}`,
  message,
});

const serves = ({ spec }: Subject, use: (typeof uses)[number]): boolean => spec.allowedUses.includes(use);

const cidrIsReadable: Rule = ({ spec, prefix }) => {
  if (prefix !== undefined) return undefined;
  return violation(
    '-',
    'cidr',
    spec.cidr === '' ? 'IPPool CIDR must be specified' : 'IPPool CIDR must be a valid subnet',
  );
};

const c1: Rule = ({ spec }) =>
  spec.ipipMode !== 'Never' && spec.vxlanMode !== 'Never'
    ? violation('C1', 'ipipMode', 'ipipMode and vxlanMode cannot both be enabled')
    : undefined;

const c2: Rule = (pool) => {
  const encapsulation = (['ipipMode', 'vxlanMode'] as const).find((mode) => pool.spec[mode] !== 'Never');
  return encapsulation !== undefined && serves(pool, 'LoadBalancer')
    ? violation('C2', encapsulation, 'LoadBalancer IP pool cannot have IPIP or VXLAN enabled')
    : undefined;
};

const c3: Rule = (pool) =>
  serves(pool, 'LoadBalancer') && (serves(pool, 'Workload') || serves(pool, 'Tunnel'))
    ? violation('C3', 'allowedUses', 'LoadBalancer cannot be combined with Workload or Tunnel allowed uses')
    : undefined;

const c4: Rule = ({ spec, family }) =>
  family === 6 && spec.ipipMode !== 'Never'
    ? violation('C4', 'ipipMode', 'IPIP is not supported on IPv6 pools')
    : undefined;

const c5: Rule = (pool) =>
  serves(pool, 'LoadBalancer') && pool.spec.disableBGPExport
    ? violation('C5', 'disableBGPExport', 'LoadBalancer IP pools cannot disable BGP export')
    : undefined;

const c6: Rule = (pool) =>
  serves(pool, 'LoadBalancer') && pool.spec.nodeSelector !== 'all()'
    ? violation('C6', 'nodeSelector', 'IP Pool with AllowedUse LoadBalancer must have nodeSelector set to all()')
    : undefined;

const c7: Rule = (pool) =>
  serves(pool, 'Tunnel') && pool.spec.namespaceSelector !== ''
    ? violation('C7', 'namespaceSelector', 'IP Pool with AllowedUse Tunnel cannot have namespaceSelector')
    : undefined;

const c8: Rule = ({ spec }) =>
  spec.nodeSelector.includes('global(')
    ? violation('C8', 'nodeSelector', 'global() selector is not valid for IPPool nodeSelector')
    : undefined;

const c9: Rule = ({ spec }) =>
  spec.namespaceSelector.includes('global(')
    ? violation('C9', 'namespaceSelector', 'global() selector is not valid for IPPool namespaceSelector')
    : undefined;

/** Native CRDs take any text; Calico's API server, calicoctl and its IPAM do not. Ours to name, so none of Calico's numbers. */
const readable =
  (rule: string, field: 'nodeSelector' | 'namespaceSelector'): Rule =>
  ({ spec }) => {
    const fault = selectorFault(spec[field]);
    if (fault === undefined) return undefined;
    const message = `${field} must be a selector of Calico's: at character ${fault.at} ${fault.message}: ${quote(spec[field])}`;
    return violation(rule, field, message);
  };
const s1 = readable('S1', 'nodeSelector');
const s2 = readable('S2', 'namespaceSelector');

const c10: Rule = ({ masked }) =>
  masked ? undefined : violation('C10', 'cidr', 'IPPool CIDR must be strictly masked');

const linkLocal4: Prefix = { family: 4, value: 0xa9fe0000n, length: 16 };
const c11: Rule = ({ prefix }) =>
  prefix !== undefined && overlaps(prefix, linkLocal4)
    ? violation('C11', 'cidr', 'IPPool CIDR overlaps with IPv4 link local range 169.254.0.0/16')
    : undefined;

const linkLocal6: Prefix = { family: 6, value: 0xfe80n << 112n, length: 10 };
const c12: Rule = ({ prefix }) =>
  prefix !== undefined && overlaps(prefix, linkLocal6)
    ? violation('C12', 'cidr', 'IPPool CIDR overlaps with IPv6 link local range fe80::/10')
    : undefined;

const c13: Rule = ({ spec, family }) => {
  const [smallest, largest] = family === 4 ? [20, 32] : [116, 128];
  if (spec.blockSize >= smallest && spec.blockSize <= largest) return undefined;
  return violation(
    'C13',
    'blockSize',
    'blockSize must be between 20 and 32 for IPv4 pools, and between 116 and 128 for IPv6 pools',
  );
};

/** A disabled pool hands out no address, so it may be smaller than a block: the idiom for "do not NAT to here". */
const c14: Rule = ({ spec, prefix }) =>
  spec.disabled || prefix === undefined || prefix.length <= spec.blockSize
    ? undefined
    : violation(
        'C14',
        'cidr',
        'IP pool size is too small for use with Calico IPAM. It must be equal to or greater than the block size.',
      );

const rules: readonly Rule[] = [cidrIsReadable, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, s1, s2];

/** Every rule that the pool breaks, in the order of the rules. */
export const ownViolations = (pool: Subject): Violation[] =>
  rules.map((rule) => rule(pool)).filter((found) => found !== undefined);
