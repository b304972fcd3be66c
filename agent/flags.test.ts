import { describe, expect, it } from 'vitest';
import { parseFlags } from './flags.ts';

const errors = (args: string[], env = {}) => {
  const parsed = parseFlags(args, env);
  return parsed.ok ? [] : parsed.errors.map(({ field, message }) => `${field} ${message}`);
};
const flags = (args: string[], env = {}) => {
  const parsed = parseFlags(args, env);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
  return parsed.flags;
};

describe('parseFlags', () => {
  it('reads every flag, from the command line before the environment', () => {
    const env = { OUTGATE_AGENT_NODE: 'from-env', OUTGATE_AGENT_STATE_DIR: '/s', OUTGATE_AGENT_ONCE: 'true' };
    const args = ['--source=server:https://x/', '--node', 'n1', '--metrics', '[::1]:9', '--backend', 'iptables-legacy'];
    expect(flags(args, env)).toMatchObject({
      source: { kind: 'server', url: new URL('https://x/') },
      node: 'n1',
      backend: 'iptables-legacy',
      task: 'once',
      stateDir: '/s',
      metrics: { host: '::1', port: 9 },
    });
    expect(flags(['--cleanup']).source).toBeUndefined();
    expect(flags(['--source', 'file:/x', '--once', '--dry-run']).task).toBe('dry-run');
  });

  it('says every error at once, with field and what must hold', () => {
    const args = [
      '--mode',
      'observe',
      '--backend',
      'nftables',
      '--netns',
      '../x',
      '--metrics',
      'a:99999',
      '--node',
      '-',
      '--what',
    ];
    expect(errors(args)).toEqual([
      '--what must be a known flag',
      '--source must be given: server:URL or file:PATH',
      '--mode observe does not exist in this version: only enforce does',
      "--node must be a node name of letters, digits, '-', '.' and '_', at most 253 characters: '-'",
      '--backend nftables does not exist in this version: it must be auto, iptables-nft or iptables-legacy',
      "--netns must be the name of a network namespace: '../x'",
      "--metrics must be HOST:PORT with a port from 0 to 65535: 'a:99999'",
    ]);
    expect(errors(['--source', 'server:ftp://x', '--cleanup', '--once'])).toHaveLength(2);
    expect(errors(['--source', 'file:/x', '--netns'])).toEqual(['--netns must have a value']);
    expect(errors([], { OUTGATE_AGENT_SOURCE: 'file:/x', OUTGATE_AGENT_ONCE: 'maybe' })).toHaveLength(1);
  });
});
