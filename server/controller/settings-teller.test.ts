import { expect, it } from 'vitest';
import { type LiveFelix, readLiveFelix } from '../../core/cluster/live-settings.ts';
import { noSettings } from '../../core/nat/settings.ts';
import type { Pool } from '../../core/pool/spec.ts';
import { faultsOf } from './settings-teller.ts';

const felix = (node: string, natOutgoingAddress: string): LiveFelix[] => {
  const metadata = { name: `node.${node}`, uid: node, resourceVersion: '1' };
  const read = readLiveFelix({ metadata, spec: { natOutgoingAddress } });
  return read === null ? [] : [read];
};

/** How often the pools are looked at, for so many nodes whose address is in one of them. */
function looksFor(nodes: number): { looks: number; faults: ReturnType<typeof faultsOf> } {
  let looks = 0;
  const pool: Pool = {
    name: 'a',
    get spec() {
      looks++;
      return { cidr: '10.1.0.0/16', natOutgoing: true };
    },
  };
  const objects = Array.from({ length: nodes }, (_, i) => felix(`w-${i}.example`, '10.1.0.9')).flat();
  return { faults: faultsOf(objects, noSettings, [pool]), looks };
}

it('thousands of objects that are not taken are judged with one look at the pools, each by its name', () => {
  const [one, many] = [looksFor(1), looksFor(2_000)];
  expect(many.looks).toBe(one.looks);
  expect(many.faults.size).toBe(2_000);
  expect(many.faults.get('node.w-1999.example')).toEqual(one.faults.get('node.w-0.example'));
  expect(one.faults.get('node.w-0.example')).toEqual({
    words: expect.stringMatching(/^is not taken, what is in force stays: natOutgoingAddress must .* lies in 'a'/),
    fields: ['natOutgoingAddress'],
  });
});
