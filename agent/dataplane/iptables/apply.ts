/**
 * Applies a plan step by step. When a required step fails, what was done is taken back in reverse order, so that NAT is
 * what it was; what could not be taken back is read and repaired at the next round.
 */
import type { Exec, Outcome } from '../../exec.ts';
import type { Failure, FamilyPlan, Step } from '../driver.ts';
import { explain, type IptablesBackend, LOCK_WAIT, toolOf } from './tools.ts';

export async function applyPlan(exec: Exec, backend: IptablesBackend, plan: FamilyPlan): Promise<Failure | null> {
  const done: Step[] = [];
  for (const step of plan.steps) {
    const { tool, outcome } = await perform(exec, backend, plan, step);
    if (outcome.code === 0 || !step.required) {
      done.push(step);
      continue;
    }
    if (!step.atomic) done.push(step);
    for (const one of done.reverse()) await takeBack(exec, backend, plan, one);
    const { reason, message } = explain(tool, outcome);
    return { family: plan.family, reason, message: `IPv${plan.family}: could not ${step.title}: ${message}` };
  }
  return null;
}

async function perform(
  exec: Exec,
  backend: IptablesBackend,
  { family }: FamilyPlan,
  { tool, text }: Step,
): Promise<{ tool: string; outcome: Outcome }> {
  if (tool === 'ipset') {
    return { tool: 'ipset restore', outcome: await exec({ file: 'ipset', args: ['restore'], stdin: text }) };
  }
  const file = toolOf(backend, family, '-restore');
  return { tool: file, outcome: await exec({ file, args: ['--noflush', ...LOCK_WAIT], stdin: text }) };
}

/** `ipset -` goes on after an error: of a batch that stopped midway every line is taken back that was done. */
async function takeBack(exec: Exec, backend: IptablesBackend, plan: FamilyPlan, step: Step): Promise<void> {
  if (step.undo === null) return;
  if (step.tool === 'ipset') await exec({ file: 'ipset', args: ['-'], stdin: `${step.undo}quit\n` });
  else await perform(exec, backend, plan, { ...step, text: step.undo });
}
