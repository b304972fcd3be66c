/**
 * Applies a plan. When a required step fails, what was done is taken back in reverse order, so that NAT is what it was; what
 * could not be taken back is read and repaired at the next round.
 *
 * Steps of ipset that follow each other share one process (its start costs as much as a thousand members), which works while
 * the rest is still being written for it. The line of its error says which step failed; those before it are done.
 */
import type { Exec, Outcome } from '../../exec.ts';
import type { Applied, FamilyPlan, Step } from '../driver.ts';
import { explain, type IptablesBackend, LOCK_WAIT, toolOf } from './tools.ts';

export async function applyPlan(exec: Exec, backend: IptablesBackend, plan: FamilyPlan): Promise<Applied> {
  const done: Step[] = [];
  for (let next = 0; next < plan.steps.length; ) {
    const together = sameProcess(plan.steps, next);
    const { tool, outcome, good } = await perform(exec, backend, plan, together);
    done.push(...together.slice(0, good));
    next += good + 1;
    const failed = together[good];
    if (failed === undefined) {
      next--;
      continue;
    }
    if (!failed.required) continue;
    if (!failed.atomic) done.push(failed);
    for (const one of done.reverse()) await takeBack(exec, backend, plan, one);
    const { reason, message } = explain(tool, outcome);
    const { family } = plan;
    const failure = { family, reason, message: `IPv${family}: could not ${failed.title}: ${message}` };
    return { failure, changed: done.length > 0 };
  }
  return { failure: null, changed: done.length > 0 };
}

/** The step at `start`, with the steps of ipset that follow it if it is one. */
function sameProcess(steps: readonly Step[], start: number): readonly Step[] {
  let end = start + 1;
  if (steps[start]?.tool === 'ipset') while (steps[end]?.tool === 'ipset') end++;
  return steps.slice(start, end);
}

/** `good`: how many of the steps took effect, from the first on. A tool that was stopped does not say: none is taken for good. */
async function perform(
  exec: Exec,
  backend: IptablesBackend,
  { family }: FamilyPlan,
  steps: readonly Step[],
): Promise<{ tool: string; outcome: Outcome; good: number }> {
  const sent: number[] = [];
  const stdin = pieces(steps, sent);
  if (steps[0]?.tool === 'ipset') {
    const outcome = await exec({ file: 'ipset', args: ['restore'], stdin });
    const line = /Error in line (\d+):/.exec(outcome.stderr)?.[1];
    const good = line === undefined ? 0 : sent.filter((last) => last < Number(line)).length;
    return { tool: 'ipset restore', outcome, good: outcome.code === 0 ? steps.length : good };
  }
  const tool = toolOf(backend, family, '-restore');
  const outcome = await exec({ file: tool, args: ['--noflush', ...LOCK_WAIT], stdin });
  return { tool, outcome, good: outcome.code === 0 ? steps.length : 0 };
}

/** A pipe takes about this much at once. */
const PIECE = 65536;

/** The input of all steps. `sent` gets the number of each step's last line, as soon as it was made. */
function* pieces(steps: readonly Step[], sent: number[]): Generator<string> {
  let piece = '';
  let count = 0;
  for (const { lines } of steps) {
    for (const line of lines) {
      piece += `${line}\n`;
      count++;
      if (piece.length < PIECE) continue;
      yield piece;
      piece = '';
    }
    sent.push(count);
  }
  yield piece;
}

/** `ipset -` goes on after an error: of a step that stopped midway every line is taken back that was done. */
async function takeBack(exec: Exec, backend: IptablesBackend, plan: FamilyPlan, step: Step): Promise<void> {
  if (step.undo === null) return;
  if (step.tool === 'ipset')
    await exec({ file: 'ipset', args: ['-'], stdin: `${[...step.undo, 'quit'].join('\n')}\n` });
  else await perform(exec, backend, plan, [{ ...step, lines: step.undo }]);
}
