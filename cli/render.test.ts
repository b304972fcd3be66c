import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const main = join(import.meta.dirname, 'main.ts');
const pools = ['10.10.0.0/16', 'fd10::/64'].map((cidr, i) =>
  JSON.stringify({
    apiVersion: 'projectcalico.org/v3',
    kind: 'IPPool',
    metadata: { name: `p${i}` },
    spec: { cidr, natOutgoing: true },
  }),
);

function render(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, 'render', '-f', '-', ...args], {
    input: pools.join('\n---\n'),
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

test('both families, sets before the rules that name them', () => {
  const { status, stdout, stderr } = render();
  expect([status, stderr]).toEqual([0, '']);
  const at = (text: string) => stdout.indexOf(text);
  const order = [
    'create outgate-src-v4',
    'add outgate-src-v4 10.10.0.0/16',
    ':OUTGATE-POSTROUTING',
    'create outgate-src-v6',
    '--match-set outgate-src-v6',
  ].map(at);
  expect(order).toEqual([...order].sort((a, b) => a - b));
  expect(Math.min(...order)).toBeGreaterThanOrEqual(0);
});

test('one family', () => {
  expect(render('--family', '4').stdout).not.toContain('v6');
  expect(render('--family', '6').stdout).not.toContain('v4');
});

test('nftables is not there yet, and anything else is no backend', () => {
  expect(render('--backend', 'nftables')).toEqual({
    status: 2,
    stdout: '',
    stderr: '--backend must be iptables: this version has no nftables backend\n',
  });
  expect(render('--backend', 'iptables').status).toBe(0);
  expect(render('--backend', 'pf').status).toBe(2);
  expect(render('--family', '5').status).toBe(2);
});
