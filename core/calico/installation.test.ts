import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { withDefaults } from '../pool/defaults.ts';
import type { PoolSpec } from '../pool/spec.ts';
import { encapsulations } from '../pool/words.ts';
import { type Entry, operatorMakes } from './fixtures/operator-pools.ts';
import { installationPatch, type OperatorPool } from './installation.ts';

const pool = (name: string, spec: PoolSpec | null, problems: OperatorPool['problems'] = []): OperatorPool => ({
  name,
  spec,
  problems,
});
const entries = (text: string): Entry[] =>
  (parse(text) as { spec: { calicoNetwork: { ipPools: Entry[] } } }).spec.calicoNetwork.ipPools;

const specs: PoolSpec[] = [
  { cidr: '10.0.0.0/16' },
  { cidr: '10.0.0.0/16', natOutgoing: true, disabled: true, blockSize: 28 },
  { cidr: '10.0.0.0/16', natOutgoing: false, blockSize: 0, nodeSelector: '' },
  { cidr: 'fd00::/48', natOutgoing: true, vxlanMode: 'Always', nodeSelector: "zone == 'a: b'" },
  { cidr: 'fd00::/48', blockSize: 120 },
  { cidr: '10.0.0.0/16', allowedUses: ['LoadBalancer'], assignmentMode: 'Manual', disableBGPExport: true },
  { cidr: '10.0.0.0/16', allowedUses: ['Workload', 'Tunnel', 'Workload'] },
  { cidr: '10.0.0.0/16', allowedUses: [] },
  ...encapsulations.flatMap((mode) => [
    { cidr: '10.0.0.0/16', ipipMode: mode },
    { cidr: '10.0.0.0/16', vxlanMode: mode },
  ]),
];

describe('a patch of the Installation', () => {
  it.each(specs.map((spec) => [spec]))('makes the operator make the pool %j', (spec) => {
    const { text, without } = installationPatch([pool('web', spec)], { name: 'web', as: 'live' });
    expect(without).toEqual([]);
    const [made] = entries(text);
    expect(made?.name).toBe('web');
    expect(made && withDefaults(operatorMakes(made))).toEqual(withDefaults(spec));
  });

  it('says what is applied how, and names every pool of the list and the one in question', () => {
    const pools = [
      pool('default-ipv4-ippool', { cidr: '10.0.0.0/16', natOutgoing: true, vxlanMode: 'CrossSubnet' }),
      pool('spare', { cidr: '10.1.0.0/16', disabled: true, allowedUses: ['Workload'] }),
    ];
    expect(installationPatch(pools, { name: 'spare', as: 'desired' }).text).toBe(
      `# For the Installation from which Tigera’s operator makes its pools (operator.tigera.io/v1):
# kubectl patch installation default --type=merge --patch-file FILE
# A merge patch replaces the whole list, and the operator deletes a pool of its own that is not in it: these are all that it has
# in the cluster. Compare with: kubectl get installation default -o yaml
spec:
  calicoNetwork:
    ipPools:
      - name: default-ipv4-ippool
        cidr: 10.0.0.0/16
        encapsulation: VXLANCrossSubnet
        natOutgoing: Enabled
        nodeSelector: all()
        blockSize: 26
      # as it is desired
      - name: spare
        cidr: 10.1.0.0/16
        encapsulation: None
        natOutgoing: Disabled
        nodeSelector: all()
        blockSize: 26
        disableNewAllocations: true
        allowedUses:
          - Workload
`,
    );
  });

  it('names what an Installation cannot say, of each pool, and a pool that cannot be read', () => {
    const odd = [{ field: 'spec.awsSubnetID', message: 'm' }];
    const both: PoolSpec = { cidr: '10.0.0.0/16', ipipMode: 'Always', vxlanMode: 'Always' };
    const pools = [
      pool('broken', null),
      pool('odd', both, odd),
      pool('web', { cidr: '10.1.0.0/16', namespaceSelector: "team == 'web'" }),
    ];
    const { text, without } = installationPatch(pools, { name: 'web', as: 'live' });
    expect(without).toEqual(['namespaceSelector']);
    expect(
      text
        .split('\n')
        .filter((line) => line.startsWith('# '))
        .slice(4),
    ).toEqual([
      '# broken cannot be read and is not in the list: add it, or it is deleted.',
      '# odd goes without ipipMode, awsSubnetID: an Installation has no place for it.',
      '# web goes without namespaceSelector: an Installation has no place for it.',
    ]);
    expect(entries(text).map(({ name }) => name)).toEqual(['odd', 'web']);
  });

  it('says so when the list is longer than an Installation takes', () => {
    const pools = (count: number) =>
      Array.from({ length: count }, (_, at) => pool(`p${at}`, { cidr: `10.${at}.0.0/16` }));
    const said = 'The whole list has 26 pools, and an Installation takes at most 25: the cluster refuses a longer one.';
    const text = (count: number) => installationPatch(pools(count), { name: 'p0', as: 'live' }).text;
    expect(text(26)).toContain(`# ${said}\n`);
    expect(entries(text(26))).toHaveLength(26);
    expect(text(25)).not.toContain('at most');
  });

  it('a key of the cluster’s is never more than a comment', () => {
    const problems = [{ field: 'spec.x\nspec: {calicoNetwork: null}\r\u2028#', message: 'm' }];
    const { text } = installationPatch([pool('web', { cidr: '10.0.0.0/16' }, problems)], { name: 'web', as: 'live' });
    expect(entries(text)).toMatchObject([{ name: 'web' }]);
    expect(text).not.toMatch(/^spec: \{/m);
  });
});
