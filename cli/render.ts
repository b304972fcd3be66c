/** `outgate render`: what an agent would program, as input for `ipset restore` and `iptables-restore --noflush`. */
import { settingsFor } from '../core/nat/settings.ts';
import { compile } from '../core/rules/compile.ts';
import { renderRules, renderSets } from '../core/rules/render.ts';
import { oneOf, readArgs } from './args.ts';
import { type Command, InputError, type Io, write } from './command.ts';
import { readNode } from './read-node.ts';
import { readState } from './read-state.ts';

const flags = {
  file: { type: 'string', short: 'f', multiple: true },
  backend: { type: 'string' },
  family: { type: 'string' },
  node: { type: 'string' },
} as const;

export const command: Command = {
  summary: 'Print the sets and rules that an agent would program.',
  usage: 'outgate render -f FILE... [--backend iptables] [--family 4|6] [--node NAME]',
  run,
};

async function run(args: readonly string[], io: Io): Promise<number> {
  const given = readArgs(args, flags).flags;
  const backend = oneOf('backend', given.backend ?? 'iptables', ['iptables', 'nftables']);
  const only = given.family === undefined ? undefined : oneOf('family', given.family, ['4', '6']);
  if (backend === 'nftables') throw new InputError('--backend must be iptables: this version has no nftables backend');
  const state = await readState(given.file, io);
  const settings = settingsFor(state.settings, (await readNode(given.node, state)).name);
  for (const family of [4, 6] as const) {
    if (only !== undefined && Number(only) !== family) continue;
    const program = compile({ pools: state.pools, settings, hosts: state.hosts, family, randomFully: true });
    const [sets, rules] = [renderSets(program), renderRules(program)];
    const tool = family === 4 ? 'iptables-restore' : 'ip6tables-restore';
    await write(io.stdout, `# IPv${family}: ipset restore\n${sets}# IPv${family}: ${tool} --noflush -w 5\n${rules}`);
  }
  return 0;
}
