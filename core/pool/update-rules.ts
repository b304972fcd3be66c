import type { Violation } from './spec.ts';
import { cidrText, type Subject } from './subject.ts';

/** C15 and C16: addresses and blocks that were handed out would not fit any more. Values count, not their spelling. */
export function updateViolations(pool: Subject, before: Subject): Violation[] {
  const found: Violation[] = [];
  if (cidrText(pool) !== cidrText(before)) {
    found.push({
      rule: 'C15',
      field: 'spec.cidr',
      message: 'CIDR cannot be changed; follow IP pool migration guide to avoid corruption.',
    });
  }
  if (pool.spec.blockSize !== before.spec.blockSize) {
    found.push({
      rule: 'C16',
      field: 'spec.blockSize',
      message: 'Block size cannot be changed; follow IP pool migration guide to avoid corruption.',
    });
  }
  return found;
}
