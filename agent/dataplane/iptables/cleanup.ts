/** Removes everything that is ours, in both backends and families: rules before the sets that they name. Idempotent. */
import { CHAIN } from '../../../core/rules/model.ts';
import type { Exec } from '../../exec.ts';
import type { CleanupResult, HeldFamily } from '../driver.ts';
import { inUse } from './detect.ts';
import { ownSets, temporaryOf } from './names.ts';
import { ownJumps } from './plan.ts';
import { readHeld, setNames } from './read.ts';
import { backends, explain, type IptablesBackend, LOCK_WAIT, toolOf } from './tools.ts';

export async function cleanUp(exec: Exec): Promise<CleanupResult> {
  const removed: string[] = [];
  const failures: string[] = [];
  for (const backend of backends) {
    const tools = await exec({ file: toolOf(backend, 4), args: ['-V'] });
    if (tools.code === 0) await cleanRules(exec, backend, removed, failures);
  }
  const names = await setNames(exec);
  if (!Array.isArray(names)) return { removed, failures: [...failures, names.message] };
  const own = [...ownSets(4), ...ownSets(6)];
  for (const name of names.filter((one) => own.includes(one) || temporaryOf(one) !== undefined)) {
    const outcome = await exec({ file: 'ipset', args: ['destroy', name] });
    if (outcome.code === 0) removed.push(`set ${name}`);
    else failures.push(`set ${name}: ${explain('ipset', outcome).message}`);
  }
  return { removed, failures };
}

/**
 * Takes away what an agent left in the other backend. Packets meet the chains of both, so NAT would go on there whatever is
 * wanted here. The sets stay: ours names them.
 */
export async function retireOther(exec: Exec, backend: IptablesBackend): Promise<CleanupResult> {
  const removed: string[] = [];
  const failures: string[] = [];
  for (const other of backends.filter((one) => one !== backend)) {
    const tools = await exec({ file: toolOf(other, 4), args: ['-V'] });
    if (tools.code === 0) await cleanRules(exec, other, removed, failures);
  }
  return { removed, failures };
}

/** Our chain and jumps of one backend. A chain that a rule of somebody else leads into cannot go: it stays, empty. */
async function cleanRules(exec: Exec, backend: IptablesBackend, removed: string[], failures: string[]): Promise<void> {
  const used = { 4: await inUse(exec, backend, 4), 6: await inUse(exec, backend, 6) };
  if (!used[4] && !used[6]) return;
  const { families } = await readHeld(exec, backend, () => true);
  for (const family of [4, 6] as const) {
    const held = families[family];
    const lines = used[family] && held !== undefined ? removalLines(held) : [];
    if (lines.length === 0) continue;
    const file = toolOf(backend, family, '-restore');
    const restore = (all: readonly string[]) =>
      exec({ file, args: ['--noflush', ...LOCK_WAIT], stdin: `${['*nat', ...all, 'COMMIT'].join('\n')}\n` });
    const outcome = await restore(lines);
    if (outcome.code === 0) {
      removed.push(`chain ${CHAIN} and its jump (${toolOf(backend, family)})`);
      continue;
    }
    const emptied = await restore(lines.filter((line) => line !== REMOVE_CHAIN));
    const left = emptied.code === 0 ? 'it is empty now, its jump is gone, but it could not be removed: ' : '';
    failures.push(`chain ${CHAIN}: ${left}${explain(file, outcome).message}`);
  }
}

const REMOVE_CHAIN = `-X ${CHAIN}`;

function removalLines(held: HeldFamily): string[] {
  const jumps = ownJumps(held).map(({ text }) => text.replace(/^-A /, '-D '));
  return held.chain === null ? jumps : [...jumps, `-F ${CHAIN}`, REMOVE_CHAIN];
}
