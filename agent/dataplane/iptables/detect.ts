/**
 * Which of the two iptables backends this node uses. Both may be active at once, and rules in one are invisible to the
 * other, so the rules of others are counted in both; the busier one is where the rest of the node programs its NAT.
 */
import type { Family } from '../../../core/net/address.ts';
import { CHAIN } from '../../../core/rules/model.ts';
import type { Exec } from '../../exec.ts';
import type { Unavailable } from '../driver.ts';
import { explain, type IptablesBackend, toolOf } from './tools.ts';

export interface Detected {
  readonly backend: IptablesBackend;
  /** rules of others in both backends: says so, else null */
  readonly both: string | null;
}

export async function detectBackend(
  exec: Exec,
  choice: 'auto' | IptablesBackend,
): Promise<{ ok: true; value: Detected } | { ok: false; error: Unavailable }> {
  const version = (tool: string) => exec({ file: tool, args: ['-V'] });
  const [nft, legacy, plain] = await Promise.all([
    version('iptables-nft'),
    version('iptables-legacy'),
    version('iptables'),
  ]);
  const has: Record<IptablesBackend, boolean> = {
    'iptables-nft': nft.code === 0,
    'iptables-legacy': legacy.code === 0,
  };
  if (choice !== 'auto' && !has[choice])
    return { ok: false, error: explain(choice, choice === 'iptables-nft' ? nft : legacy) };
  if (!has['iptables-nft'] && !has['iptables-legacy']) return { ok: false, error: explain('iptables', plain) };
  const [nftRules, legacyRules] = await Promise.all([
    has['iptables-nft'] ? countForeign(exec, 'iptables-nft') : 0,
    has['iptables-legacy'] ? countForeign(exec, 'iptables-legacy') : 0,
  ]);
  const both =
    nftRules > 0 && legacyRules > 0
      ? `rules of others in both backends: ${nftRules} in iptables-nft, ${legacyRules} in iptables-legacy`
      : null;
  return { ok: true, value: { backend: choice === 'auto' ? busier() : choice, both } };

  function busier(): IptablesBackend {
    if (!has['iptables-nft']) return 'iptables-legacy';
    if (!has['iptables-legacy']) return 'iptables-nft';
    if (nftRules !== legacyRules) return nftRules > legacyRules ? 'iptables-nft' : 'iptables-legacy';
    return plain.code === 0 && plain.stdout.includes('legacy') ? 'iptables-legacy' : 'iptables-nft';
  }
}

/** Rules of others, both families, all tables. Asking legacy iptables would load its tables: so only when they exist. */
async function countForeign(exec: Exec, backend: IptablesBackend): Promise<number> {
  const counts = await Promise.all(
    ([4, 6] as const).map(async (family) => {
      if (!(await inUse(exec, backend, family))) return 0;
      const { stdout } = await exec({ file: toolOf(backend, family, '-save'), args: [] });
      return stdout.split('\n').filter((line) => line.startsWith('-A ') && !line.includes(CHAIN)).length;
    }),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

/** False for legacy iptables without a loaded table: even listing them would make the kernel load them. */
export async function inUse(exec: Exec, backend: IptablesBackend, family: Family): Promise<boolean> {
  if (backend === 'iptables-nft') return true;
  const file = `/proc/net/${family === 4 ? 'ip' : 'ip6'}_tables_names`;
  const names = await exec({ file: 'cat', args: [file] });
  return names.code === 0 && names.stdout.trim() !== '';
}
