/** The conditions of a node: what is known beside its state, each with the time since when it is so. */

import { LONGEST_MESSAGE } from '../core/wire/limits.ts';
import type { NodeReason } from '../core/wire/reasons.ts';
import type { Condition } from '../core/wire/report.ts';

export interface Conditions {
  set(type: string, status: Condition['status'], reason: NodeReason, message: string): void;
  clear(type: string): void;
  /** Replaces every condition of the type, one for each reason, all with this time. */
  replace(type: string, status: Condition['status'], found: readonly { reason: NodeReason; message: string }[]): void;
  list(): Condition[];
}

/** `now` gives ISO 8601 UTC. */
export function conditionList(now: () => string): Conditions {
  let all: Condition[] = [];
  return {
    set(type, status, reason, message) {
      const old = all.find((one) => one.type === type);
      const since = old?.status === status && old.reason === reason ? old.since : now();
      all = [...all.filter((one) => one.type !== type), { type, status, reason, message: clip(message), since }];
    },
    clear(type) {
      all = all.filter((one) => one.type !== type);
    },
    replace(type, status, found) {
      const since = now();
      const reasons = [...new Set(found.map(({ reason }) => reason))];
      const fresh = reasons.map((reason): Condition => {
        const messages = found.filter((one) => one.reason === reason).map(({ message }) => message);
        return { type, status, reason, message: clip(messages.join('; ')), since };
      });
      all = [...all.filter((one) => one.type !== type), ...fresh];
    },
    list: () => [...all].sort((a, b) => (a.type === b.type ? order(a.reason, b.reason) : order(a.type, b.type))),
  };
}

/** The server takes no longer one, and no half of a character: a thousand rules put into our chain must not silence the node. */
function clip(message: string): string {
  const whole = message.toWellFormed();
  return whole.length <= LONGEST_MESSAGE
    ? whole
    : `${whole.slice(0, LONGEST_MESSAGE - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
