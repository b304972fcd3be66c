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

/** Our chain and jumps of one backend alone. */
export async function cleanRules(
  exec: Exec,
  backend: IptablesBackend,
  removed: string[],
  failures: string[],
): Promise<void> {
  const used = { 4: await inUse(exec, backend, 4), 6: await inUse(exec, backend, 6) };
  if (!used[4] && !used[6]) return;
  const { families } = await readHeld(exec, backend, () => true);
  for (const family of [4, 6] as const) {
    const held = families[family];
    const text = used[family] && held !== undefined ? removalText(held) : '';
    if (text === '') continue;
    const file = toolOf(backend, family, '-restore');
    const outcome = await exec({ file, args: ['--noflush', ...LOCK_WAIT], stdin: text });
    if (outcome.code === 0) removed.push(`chain ${CHAIN} and its jump (${toolOf(backend, family)})`);
    else failures.push(`chain ${CHAIN}: ${explain(file, outcome).message}`);
  }
}

function removalText(held: HeldFamily): string {
  const lines = ownJumps(held).map(({ text }) => text.replace(/^-A /, '-D '));
  if (held.chain !== null) lines.push(`-F ${CHAIN}`, `-X ${CHAIN}`);
  return lines.length === 0 ? '' : `${['*nat', ...lines, 'COMMIT'].join('\n')}\n`;
}
