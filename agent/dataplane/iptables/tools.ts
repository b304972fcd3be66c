/** The tools of one backend, and what their failures mean. */
import type { Family } from '../../../core/net/address.ts';
import type { NodeReason } from '../../../core/wire/reasons.ts';
import { type Outcome, TOOL_MISSING } from '../../exec.ts';

export type IptablesBackend = 'iptables-nft' | 'iptables-legacy';
export const backends: readonly IptablesBackend[] = ['iptables-nft', 'iptables-legacy'];

/** Without -w legacy iptables waits for the lock for ever. */
export const LOCK_WAIT = ['-w', '5'] as const;

export function toolOf(backend: IptablesBackend, family: Family, suffix: '' | '-restore' | '-save' = ''): string {
  const flavour = backend === 'iptables-nft' ? 'nft' : 'legacy';
  return `${family === 4 ? 'iptables' : 'ip6tables'}-${flavour}${suffix}`;
}

/** A reason word and one line for a command that failed. */
export function explain(tool: string, outcome: Outcome): { reason: NodeReason; message: string } {
  const said = outcome.stderr
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('# Warning') && !line.startsWith('Try `'))
    .join('; ')
    .slice(0, 500);
  const message = `${tool} failed with exit code ${outcome.code}: ${said === '' ? 'it said nothing' : said}`;
  if (outcome.code === TOOL_MISSING) return { reason: 'ToolMissing', message };
  const rights = /Permission denied|Operation not permitted|you must be root/i.test(outcome.stderr);
  return { reason: rights ? 'NoRights' : 'CommandFailed', message };
}
