/**
 * What a dataplane driver does. The kernel is the only memory of what is programmed: a driver reads it, plans the least
 * difference, applies it, and is read again. iptables with ipset is the first driver; others stand behind the same words.
 */
import type { Family } from '../../core/net/address.ts';
import type { SetDelta } from '../../core/rules/delta.ts';
import type { Rule } from '../../core/rules/model.ts';
import type { SavedRule, SavedSet } from '../../core/rules/parse.ts';
import type { NodeReason } from '../../core/wire/reasons.ts';
import type { Report } from '../../core/wire/report.ts';

/** What one family must hold. Members are a Set, so that one change among many costs nothing but itself. */
export interface WantedFamily {
  readonly family: Family;
  readonly rules: readonly Rule[];
  readonly sets: ReadonlyMap<string, { readonly counters: boolean; readonly members: Set<string> }>;
}
export type Wanted = Readonly<Record<Family, WantedFamily>>;

/** What the kernel holds of ours in one family. `chain` is null when our chain does not exist. */
export interface HeldFamily {
  readonly family: Family;
  readonly chain: readonly SavedRule[] | null;
  /** every rule of POSTROUTING, ours and those of others, in order */
  readonly postrouting: readonly SavedRule[];
  readonly sets: ReadonlyMap<string, SavedSet>;
  /** temporary sets that no living agent owns */
  readonly leftovers: readonly string[];
}
/** Why a family cannot be programmed here. */
export interface Unavailable {
  readonly reason: NodeReason;
  readonly message: string;
}
export interface Held {
  readonly families: Readonly<Partial<Record<Family, HeldFamily>>>;
  readonly unavailable: Readonly<Partial<Record<Family, Unavailable>>>;
}

/** Something of ours that is not as it should be. */
export interface Finding {
  readonly reason: NodeReason;
  readonly message: string;
}

/**
 * The exact input of a tool, line by line: the lines of a big set are made while they are sent. `undo` is the input of the same
 * tool that takes it back; an `atomic` step that fails has changed nothing. A step that is not `required` may fail without harm
 * and is tried again at the next round.
 */
export interface Step {
  readonly tool: 'ipset' | 'rules';
  readonly title: string;
  readonly lines: Iterable<string>;
  readonly undo: readonly string[] | null;
  readonly atomic: boolean;
  readonly required: boolean;
}
export interface FamilyPlan {
  readonly family: Family;
  readonly findings: readonly Finding[];
  readonly steps: readonly Step[];
}

export interface Failure {
  readonly family: Family;
  readonly reason: NodeReason;
  readonly message: string;
}

export interface Applied {
  readonly failure: Failure | null;
  /** a step took effect; false when all that was tried could not be (a set that others hold stays) */
  readonly changed: boolean;
}

export interface Dataplane {
  readonly backend: Report['backend'];
  read(): Promise<Held>;
  /** Pure: what is wrong, and the least that makes it right. No step at all when nothing differs. */
  plan(wanted: WantedFamily, held: HeldFamily): FamilyPlan;
  /** Applies one family; after a failure the kernel's NAT is what it was before. */
  apply(plan: FamilyPlan): Promise<Applied>;
  /** A few members of live sets at once, acknowledged by the kernel. False: not all took effect, do it the long way. */
  adjust(deltas: readonly SetDelta[]): Promise<boolean>;
  /** Removes our rules where this driver does not write them: another backend was used before. Sets stay. */
  retireOther(): Promise<CleanupResult>;
  /** Removes everything of ours in every backend and family, and nothing else. */
  cleanup(): Promise<CleanupResult>;
  close(): void;
}
export interface CleanupResult {
  /** what was removed, one line each */
  readonly removed: readonly string[];
  readonly failures: readonly string[];
}
