/**
 * Reads back what the kernel holds of ours: two chains of table nat and our own sets, never a whole table (a node may have
 * tens of thousands of rules of others).
 */
import type { Family } from '../../../core/net/address.ts';
import { CHAIN } from '../../../core/rules/model.ts';
import { parseIpsetSave, parseSave, type SavedRule, type SavedSet } from '../../../core/rules/parse.ts';
import type { Exec } from '../../exec.ts';
import type { Held, HeldFamily, Unavailable } from '../driver.ts';
import { ownSets, temporaryOf } from './names.ts';
import { explain, type IptablesBackend, LOCK_WAIT, toolOf } from './tools.ts';

/** `owned` says whether the writer of a temporary set is another agent that still lives. */
export async function readHeld(exec: Exec, backend: IptablesBackend, owned: (pid: number) => boolean): Promise<Held> {
  const names = await setNames(exec);
  const read = (family: Family) => readFamily(exec, backend, family, names, owned);
  const [four, six] = await Promise.all([read(4), read(6)]);
  return {
    families: { ...('chain' in four ? { 4: four } : {}), ...('chain' in six ? { 6: six } : {}) },
    unavailable: { ...('reason' in four ? { 4: four } : {}), ...('reason' in six ? { 6: six } : {}) },
  };
}

/** Names of all sets, or why they cannot be read. */
export async function setNames(exec: Exec): Promise<string[] | Unavailable> {
  const outcome = await exec({ file: 'ipset', args: ['list', '-name'] });
  return outcome.code === 0 ? outcome.stdout.split('\n').filter((name) => name !== '') : explain('ipset', outcome);
}

async function readFamily(
  exec: Exec,
  backend: IptablesBackend,
  family: Family,
  names: string[] | Unavailable,
  owned: (pid: number) => boolean,
): Promise<HeldFamily | Unavailable> {
  if (!Array.isArray(names)) return names;
  const own = ownSets(family).filter((name) => names.includes(name));
  const [postrouting, chain, ...sets] = await Promise.all([
    readChain(exec, backend, family, 'POSTROUTING'),
    readChain(exec, backend, family, CHAIN),
    ...own.map((name) => readSet(exec, name)),
  ]);
  // the built-in chain always exists: when it cannot be read, nothing of this family can
  if (postrouting === null || !Array.isArray(postrouting)) return postrouting ?? missingTable(family);
  if (!Array.isArray(chain) && chain !== null) return chain;
  const found = sets.filter((set) => set !== undefined);
  const leftovers = names.filter((name) => {
    const temporary = temporaryOf(name);
    return temporary?.family === family && !owned(temporary.pid);
  });
  return {
    family,
    postrouting,
    chain,
    sets: new Map(found.map((set) => [set.name, set])),
    leftovers,
  };
}

/** Null for a chain of ours that does not exist: both tools give 1 then, and nft's words for it are misleading. */
async function readChain(
  exec: Exec,
  backend: IptablesBackend,
  family: Family,
  chain: string,
): Promise<SavedRule[] | Unavailable | null> {
  const tool = toolOf(backend, family);
  const outcome = await exec({ file: tool, args: [...LOCK_WAIT, '-t', 'nat', '-v', '-S', chain] });
  if (outcome.code === 1 && chain === CHAIN) return null;
  if (outcome.code !== 0) return explain(tool, outcome);
  const chains = parseSave(outcome.stdout).flatMap((table) => table.chains);
  return [...(chains.find(({ name }) => name === chain)?.rules ?? [])];
}

/** Undefined when it went away since its name was read: the plan then makes it again. */
async function readSet(exec: Exec, name: string): Promise<SavedSet | undefined> {
  const outcome = await exec({ file: 'ipset', args: ['save', name] });
  return outcome.code === 0 ? parseIpsetSave(outcome.stdout)[0] : undefined;
}

const missingTable = (family: Family): Unavailable => ({
  reason: 'CommandFailed',
  message: `table nat of IPv${family} has no chain POSTROUTING`,
});
