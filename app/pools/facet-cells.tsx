import { countViolations } from '../../core/pool/count-violations.ts';
import type { Facets, PoolSpec, Violation } from '../../core/pool/spec.ts';
import { FindingChip } from '../components/state-chip.tsx';
import { Tag } from '../components/tag.tsx';
import { VerdictText } from '../components/verdict.tsx';
import { poolKind } from './words.ts';

export function KindTag({ facets, spec }: { facets: Facets; spec: PoolSpec }) {
  const kind = poolKind(facets, spec);
  return kind === null ? null : <Tag outline>{kind}</Tag>;
}

export function AllocatesText({ facets }: { facets: Facets }) {
  return <span className="text-xs text-ink-2">{facets.allocates ? 'Yes' : 'No, disabled'}</span>;
}

export function TrafficFromText({
  facets,
  spec,
  decidedBy = null,
}: {
  facets: Facets;
  spec: PoolSpec;
  /** pools that share its addresses decide; null: its own field does */
  decidedBy?: { nats: 'all' | 'part' | 'none'; by: readonly string[] } | null;
}) {
  if (decidedBy?.nats === 'all') return <VerdictText verdict="SNAT" />;
  if (decidedBy?.nats === 'part') return <VerdictText verdict="INDETERMINATE" word="NATed in part" />;
  if (decidedBy?.nats === 'none') return <VerdictText verdict="NO_SNAT" word="Keeps address" />;
  if (poolKind(facets, spec) === 'exemption') return <span className="text-xs text-ink-3">no pods live here</span>;
  return facets.nats ? <VerdictText verdict="SNAT" /> : <VerdictText verdict="NO_SNAT" word="Keeps address" />;
}

export function TrafficToText({ facets }: { facets: Facets }) {
  return facets.exempt ? (
    <VerdictText verdict="NO_SNAT" word="Exempt" />
  ) : (
    <VerdictText verdict="SNAT" word="Not exempt" />
  );
}

/** "C17 ×2": the first rule that is broken and how many violations there are; the title has the list. */
export function ViolationsChip({ violations }: { violations: readonly Violation[] }) {
  const [first] = violations;
  if (first === undefined) return null;
  const rule = first.rule === '-' ? 'CIDR' : first.rule;
  const count = countViolations(violations);
  return (
    <FindingChip kind="warning" title={violations.map(({ message }) => message).join('\n')}>
      {count === 1 ? rule : `${rule} ×${count.toLocaleString('en-US')}`}
    </FindingChip>
  );
}
