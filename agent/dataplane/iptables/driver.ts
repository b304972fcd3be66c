/** The dataplane of iptables and ipset. */
import type { SetDelta } from '../../../core/rules/delta.ts';
import type { System } from '../../exec.ts';
import type { Dataplane } from '../driver.ts';
import { applyPlan } from './apply.ts';
import { cleanUp, retireOther } from './cleanup.ts';
import { type Change, openIpsetPipe } from './ipset-pipe.ts';
import { planFamily } from './plan.ts';
import { readHeld } from './read.ts';
import type { IptablesBackend } from './tools.ts';

export function iptablesDataplane(system: System, backend: IptablesBackend, pid: number): Dataplane {
  const { exec } = system;
  const pipe = openIpsetPipe(system.open);
  return {
    backend,
    read: () => readHeld(exec, backend, (owner) => owner !== pid && alive(owner)),
    plan: (wanted, held) => planFamily(wanted, held, pid),
    apply: (plan) => applyPlan(exec, backend, plan),
    adjust: (deltas) => pipe.send(deltas.flatMap(changesOf)),
    retireOther: () => retireOther(exec, backend),
    cleanup: () => cleanUp(exec),
    close: () => pipe.close(),
  };
}

function changesOf({ set, add, remove }: SetDelta): Change[] {
  return [
    ...remove.map((member): Change => ({ command: 'del', set, member })),
    ...add.map((member): Change => ({ command: 'add', set, member })),
  ];
}

/** Signal 0 asks whether a process exists; no right to signal it means that it does. */
function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
