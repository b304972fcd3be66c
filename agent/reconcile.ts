/**
 * The level-based loop: wanted against held, the least difference written, read back, reported. One round at a time.
 *
 * Nothing is written before the first complete state. Small changes go straight to the live sets while the last round proved
 * that the kernel is as wanted; everything else is a full round. A difference in a kernel that was proved right before, with
 * nothing new wanted since, is drift: somebody else changed what is ours.
 */

import type { NodeFacts } from '../core/nat/node-facts.ts';
import type { SetDelta } from '../core/rules/delta.ts';
import { setName } from '../core/rules/model.ts';
import type { NodeReason } from '../core/wire/reasons.ts';
import type { Report } from '../core/wire/report.ts';
import { withChanges } from './adjusted.ts';
import type { Conditions } from './conditions.ts';
import type { Dataplane, Failure, FamilyPlan, Finding, Held, Wanted } from './dataplane/driver.ts';
import { adjustWanted, type HeldState, wantedOf } from './held-state.ts';
import type { Metrics } from './metrics.ts';
import { foreignRules, reportedFamilies } from './report.ts';

/** More members than this in one change go the way of a full round. */
const SMALL_CHANGE = 1000;

export interface ReconcilerInput {
  readonly node: string;
  readonly dataplane: Dataplane;
  readonly conditions: Conditions;
  readonly metrics: Metrics;
  /** which revision an agent before this one programmed here */
  readonly record: { read(): string | undefined; write(revision: string): void };
  readonly facts: () => Promise<NodeFacts | null>;
  /** called after every round and change; `make` gives the report as it is when it is sent */
  readonly onReport: (make: () => Report) => void;
}
export interface Reconciler {
  /** A new state, or the same one with the members that changed in it. */
  state(held: HeldState, members: readonly SetDelta[] | null): Promise<void>;
  /** A full round: reads everything back and repairs what differs. */
  round(): Promise<void>;
  /** While another agent programs this node: the kernel is read and nothing is written. */
  standDown(down: boolean): Promise<void>;
  report(): Report;
  /** Begins nothing more; resolves when what is under way, a whole round or change, is done. */
  stop(): Promise<void>;
}

interface Version {
  readonly revision: string;
  readonly sequence: number | null;
}
/** What was handed over and is not taken up yet; `members` is null when the whole state is to be looked at. */
interface Waiting {
  readonly held: HeldState;
  readonly members: readonly SetDelta[] | null;
}

export function reconciler(input: ReconcilerInput): Reconciler {
  const { dataplane, conditions, metrics } = input;
  let queue: Promise<void> = Promise.resolve();
  let state: { readonly held: HeldState; readonly wanted: Wanted; readonly version: Version } | undefined;
  let waiting: Waiting | undefined;
  let kernel: Held = { families: {}, unavailable: {} };
  let facts: NodeFacts | null = null;
  let outcome: { state: Report['state']; changed: boolean } = { state: 'Pending', changed: false };
  /** the kernel was read back and is as wanted */
  let proved = false;
  /** the first round may find what an earlier agent left; later ones find what we proved */
  let rounds = 0;
  /** what was programmed last: the report names it until the next one is */
  let programmed: Version | undefined;
  let down = false;
  /** nothing of ours is left in a backend that was used before */
  let alone = false;

  let stopped = false;

  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const unlessStopped = async (): Promise<void> => (stopped ? undefined : work());
    queue = queue.then(unlessStopped, unlessStopped);
    return queue;
  };

  const fullRound = async (): Promise<void> => {
    const started = process.hrtime.bigint();
    [kernel, facts] = await Promise.all([dataplane.read(), input.facts()]);
    if (down)
      conditions.set('Programmed', 'Unknown', 'TwoAgents', 'another agent programs this node: nothing is written');
    else if (state !== undefined) await program(state);
    else conditions.set('Programmed', 'Unknown', 'WaitingForState', 'no complete state yet: nothing is written');
    noteFamilies();
    metrics.round(Number(process.hrtime.bigint() - started) / 1e9, kernel);
    input.onReport(report);
  };

  const program = async ({ wanted, version }: NonNullable<typeof state>): Promise<void> => {
    const first = rounds++ === 0 && existsAny(kernel) && input.record.read() === version.revision;
    const expected = proved || first;
    const plans = plansFor(wanted, kernel);
    const failures: Failure[] = [];
    let wrote = false;
    for (const plan of plans.filter(({ steps }) => steps.length > 0)) {
      const { failure, changed } = await dataplane.apply(plan);
      wrote ||= changed;
      if (failure !== null) failures.push(failure);
    }
    const tell = wrote || failures.length > 0;
    if (tell) kernel = await dataplane.read();
    const left = tell ? plansFor(wanted, kernel).flatMap((plan) => plan.findings) : [];
    settle(wanted, failures, left, wrote);
    if (expected) noteDrift(plans.flatMap((plan) => plan.findings));
    if (!proved) return;
    programmed = version;
    input.record.write(version.revision);
    if (!alone) await retireOther();
  };

  /** Only when NAT is proved here: until then the old rules are better than none. */
  const retireOther = async (): Promise<void> => {
    const { removed, failures } = await dataplane.retireOther();
    alone = failures.length === 0;
    if (removed.length > 0) outcome = { ...outcome, changed: true };
    if (alone) conditions.clear('OtherBackend');
    else
      conditions.set(
        'OtherBackend',
        'True',
        'CommandFailed',
        `rules of ours in the other backend: ${failures.join('; ')}`,
      );
  };

  const plansFor = (wanted: Wanted, held: Held): FamilyPlan[] =>
    ([4, 6] as const).flatMap((family) => {
      const found = held.families[family];
      return found === undefined ? [] : [dataplane.plan(wanted[family], found)];
    });

  const settle = (wanted: Wanted, failures: readonly Failure[], left: readonly Finding[], wrote: boolean): void => {
    const needed = needsIPv6(wanted, facts) ? ([4, 6] as const) : ([4] as const);
    const missing = needed.flatMap((family) => kernel.unavailable[family] ?? [])[0];
    const wrong: { reason: NodeReason; message: string } | undefined = failures[0] ?? missing ?? left[0];
    proved = wrong === undefined;
    outcome = {
      state: proved ? 'Programmed' : failures.length > 0 || missing !== undefined ? 'Failed' : 'Drifted',
      changed: wrote,
    };
    if (wrong === undefined) conditions.set('Programmed', 'True', 'AsDesired', 'read back and equal to what is wanted');
    else
      conditions.set('Programmed', 'False', wrong.reason, [...failures, ...left].map(text).join('; ') || wrong.message);
    metrics.written({ wrote, failures: failures.length, proved });
  };

  const noteDrift = (findings: readonly Finding[]): void => {
    if (findings.length === 0) return;
    metrics.drift(findings);
    const what = proved ? 'found and repaired' : 'found';
    const told = findings.map(({ reason, message }) => ({ reason, message: `${what}: ${message}` }));
    conditions.replace('Drifted', proved ? 'False' : 'True', told);
  };

  const noteFamilies = (): void => {
    const six = kernel.families[6] === undefined ? kernel.unavailable[6] : undefined;
    if (six === undefined) conditions.clear('IPv6Available');
    else conditions.set('IPv6Available', 'False', six.reason, `IPv6 is not programmed: ${six.message}`);
    const foreign = foreignRules(kernel);
    if (foreign.length === 0) conditions.clear('ForeignRules');
    else {
      const shown = foreign.slice(0, 5).map((rule) => rule.text);
      conditions.set(
        'ForeignRules',
        'True',
        'ForeignRuleFirst',
        `rules of others that may decide first: ${shown.join(' | ')}`,
      );
    }
  };

  const report = (): Report => ({
    node: input.node,
    mode: 'enforce',
    backend: dataplane.backend,
    revision: programmed?.revision ?? null,
    sequence: programmed?.sequence ?? null,
    state: outcome.state,
    changed: outcome.changed,
    families: reportedFamilies(kernel),
    foreign: foreignRules(kernel),
    conditions: conditions.list(),
    facts,
  });

  /**
   * All that waits at once: `held` already has every change that was handed over, and one taken up by itself would take the
   * kernel back to what it was before the later ones.
   */
  const takeUp = async (): Promise<void> => {
    if (waiting === undefined) return;
    const { held, members } = waiting;
    waiting = undefined;
    const version = { revision: held.revision, sequence: held.sequence };
    if (state?.held !== held || members === null) {
      state = { held, wanted: wantedOf(held, input.node), version };
      proved = false;
      return fullRound();
    }
    adjustWanted(state.wanted, members);
    state = { ...state, version };
    const size = members.reduce((sum, { add, remove }) => sum + add.length + remove.length, 0);
    const possible = members.filter(({ family }) => kernel.families[family] !== undefined);
    if (down || !proved || size > SMALL_CHANGE || !(await dataplane.adjust(possible))) {
      proved = false;
      return fullRound();
    }
    kernel = withChanges(kernel, possible);
    programmed = version;
    outcome = { state: 'Programmed', changed: size > 0 };
    metrics.written({ wrote: size > 0, failures: 0, proved });
    input.onReport(report);
    input.record.write(version.revision);
  };

  return {
    state(held, members) {
      const before = waiting?.held === held ? waiting.members : [];
      waiting = { held, members: before === null || members === null ? null : [...before, ...members] };
      return inTurn(takeUp);
    },
    round: () => inTurn(fullRound),
    standDown: (on) =>
      inTurn(async () => {
        if (down === on) return;
        down = on;
        // what the other one left is no drift
        proved = false;
        await fullRound();
      }),
    report,
    async stop() {
      stopped = true;
      await queue.catch(() => undefined);
    },
  };
}

/** Without an IPv6 address of its own a node sends nothing that an IPv6 pool could be NATed for. */
const needsIPv6 = (wanted: Wanted, facts: NodeFacts | null): boolean =>
  (wanted[6].sets.get(setName('src', 6))?.members.size ?? 0) > 0 &&
  (facts?.interfaces.some(({ addresses }) => addresses.some((one) => one.includes(':') && one !== '::1/128')) ?? true);
const text = ({ message }: { message: string }): string => message;
const existsAny = ({ families }: Held): boolean =>
  [families[4], families[6]].some((family) => family !== undefined && (family.chain !== null || family.sets.size > 0));
