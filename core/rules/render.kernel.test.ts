/** Our texts given to the real tools, in a network namespace of their own, and read back. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { removeWithUs } from '../../agent/testing/remove-with-us.ts';
import type { NatSettings } from '../nat/settings.ts';
import type { Pool } from '../pool/spec.ts';
import { compile } from './compile.ts';
import { parseIpsetSave, parseSave, programOf } from './parse.ts';
import { jumpText, renderRules, renderSets, ruleText } from './render.ts';

const namespace = `outgate-render-${process.pid}`;
const tools = ['ipset', 'iptables-nft-restore', 'iptables-legacy-restore'].filter(
  (tool) => !existsSync(`/usr/sbin/${tool}`),
);
const why = process.getuid?.() !== 0 ? 'needs root' : tools.length > 0 ? `needs ${tools.join(', ')}` : undefined;
if (why !== undefined) console.log(`skipped: render.kernel.test.ts ${why}`);

function inside(file: string, args: readonly string[], input = ''): string {
  const { status, stdout, stderr } = spawnSync('ip', ['netns', 'exec', namespace, file, ...args], {
    input,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${file} ${args.join(' ')}: ${status} ${stderr}`);
  return stdout;
}

const pools: Pool[] = [
  ['a', '10.10.0.0/24', true],
  ['b', '10.20.0.7/32', false],
  ['c', '10.0.0.0/8', true],
  ['all', '0.0.0.0/0', true],
  ['d', 'fd10::/64', true],
  ['e', 'fd10:0:0:1::7/128', false],
  ['f', '2001:db8:0:0:1::/80', true],
  ['g', '::/0', false],
].map(([name, cidr, natOutgoing]) => ({
  name: String(name),
  spec: { cidr: String(cidr), natOutgoing: natOutgoing === true },
}));
const hosts = ['192.0.2.11', '192.0.2.12', '2001:db8:1::11', '::1.2.3.4'];

const settings: [string, NatSettings][] = [
  ['default', {}],
  ['nodes are exempt', { natOutgoingExclusions: 'IPPoolsAndHostIPs' }],
  ['fixed addresses', { natOutgoingAddress: '192.0.2.77', natOutgoingAddressV6: '2001:db8:1::77' }],
  ['port range and filter', { natPortRange: '40000:50000', iptablesNATOutgoingInterfaceFilter: 'eth+' }],
  ['one port', { natPortRange: '40000' }],
  [
    'everything',
    {
      natOutgoingExclusions: 'IPPoolsAndHostIPs',
      natOutgoingAddress: '192.0.2.77',
      natOutgoingAddressV6: '2001:db8:1::77',
      natPortRange: '1:65535',
      iptablesNATOutgoingInterfaceFilter: 'a.b:c_d-e12345+',
    },
  ],
  ['every interface', { iptablesNATOutgoingInterfaceFilter: '+' }],
];

describe.skipIf(why !== undefined)('the kernel holds exactly the Program', () => {
  beforeAll(() => {
    removeWithUs(namespace);
    spawnSync('ip', ['netns', 'add', namespace]);
  });
  afterAll(() => {
    spawnSync('ip', ['netns', 'delete', namespace]);
  });

  describe.each(['nft', 'legacy'])('iptables-%s', (variant) => {
    describe.each([4, 6] as const)('IPv%i', (family) => {
      const iptables = `${family === 4 ? 'iptables' : 'ip6tables'}-${variant}`;
      test.each(settings)('%s', (_, one) => {
        for (const randomFully of [true, false]) {
          const program = compile({ pools, settings: one, hosts, family, randomFully });
          inside('ipset', ['restore'], renderSets(program));
          inside(`${iptables}-restore`, ['--noflush', '-w', '5'], renderRules(program));

          const tables = parseSave(inside(`${iptables}-save`, ['-c', '-t', 'nat']));
          const nat = tables.find(({ name }) => name === 'nat');
          const held = programOf(family, nat, parseIpsetSave(inside('ipset', ['save'])));
          expect(held).toEqual(program);

          // text for text, so that comparing never finds drift in mere formatting
          const rules = nat?.chains.flatMap(({ rules: all }) => all.map(({ text }) => text)) ?? [];
          expect(rules.toSorted()).toEqual([...program.rules.map(ruleText), jumpText].toSorted());
          if (held !== undefined)
            expect([renderSets(held), renderRules(held)]).toEqual([renderSets(program), renderRules(program)]);

          // a second time, with the jump replaced: still one jump, the same chain
          inside(
            `${iptables}-restore`,
            ['--noflush', '-w', '5'],
            renderRules(program, { remove: [jumpText], append: true }),
          );
          const again = parseSave(inside(iptables, ['-w', '5', '-t', 'nat', '-S'])).flatMap(({ chains }) => chains);
          expect(again.find(({ name }) => name === 'POSTROUTING')?.rules.map(({ text }) => text)).toEqual([jumpText]);
          expect(again.find(({ name }) => name === 'OUTGATE-POSTROUTING')?.rules.map(({ text }) => text)).toEqual(
            program.rules.map(ruleText),
          );

          inside(`${iptables}-restore`, ['-w', '5'], '*nat\nCOMMIT\n');
          inside('ipset', ['destroy']);
        }
      });
    });
  });
});
