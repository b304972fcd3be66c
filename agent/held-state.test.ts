import { describe, expect, it } from 'vitest';
import type { NatSettings } from '../core/nat/settings.ts';
import { applyDelta, holdSnapshot, holdState, stateOf, wantedOf } from './held-state.ts';
import { replay } from './source/journal.ts';

const pool = (name: string, cidr: string, natOutgoing = true) => ({ name, spec: { cidr, natOutgoing } });
const none = { global: {}, nodes: {} };
const snapshot = (pools: ReturnType<typeof pool>[], sequence: number) => stateOf(holdState(pools, none, []), sequence);

describe('held state', () => {
  const before = [pool('a', '10.0.0.0/24'), pool('b', '10.0.1.0/24')];
  const after = [pool('a', '10.0.0.0/24', false), pool('c', '10.0.2.0/24')];
  const delta = (revision = snapshot(after, 2).revision) => ({
    type: 'delta' as const,
    from: 1,
    sequence: 2,
    revision,
    upsert: after,
    remove: ['b'],
  });

  it('follows a delta to the same state as a snapshot, at the cost of what changes', () => {
    const held = holdSnapshot(snapshot(before, 1));
    if (held === undefined) throw new Error('the snapshot was refused');
    const result = applyDelta(held, delta());
    expect(result.ok && result.members?.map(({ set, add, remove }) => [set, add, remove])).toEqual([
      ['outgate-src-v4', ['10.0.2.0/24'], ['10.0.0.0/24', '10.0.1.0/24']],
      ['outgate-exempt-v4', ['10.0.2.0/24'], ['10.0.1.0/24']],
    ]);
    expect(held.revision).toBe(snapshot(after, 2).revision);
    expect(wantedOf(held, 'n')[4].sets).toEqual(wantedOf(holdState(after, none, []), 'n')[4].sets);
  });

  it('refuses what does not lead to its revision or does not follow, and stays as it was', () => {
    const held = holdSnapshot(snapshot(before, 1));
    if (held === undefined) throw new Error('the snapshot was refused');
    expect(applyDelta(held, delta('0123456789abcdef')).ok).toBe(false);
    expect(applyDelta(held, { ...delta(), from: 7 }).ok).toBe(false);
    expect([held.sequence, held.revision]).toEqual([1, snapshot(before, 1).revision]);
    expect(holdSnapshot({ ...snapshot(before, 1), revision: 'x' })).toBeUndefined();
  });

  it('holds no settings that cannot be programmed, and those that are only written oddly', () => {
    const state = (global: NatSettings) => stateOf(holdState(before, { global, nodes: {} }, []), 1);
    expect(holdSnapshot(state({ natPortRange: '20:10' }))).toBeUndefined();
    for (const odd of [{ natPortRange: '010:020' }, { iptablesNATOutgoingInterfaceFilter: '-o' }]) {
      expect(holdSnapshot(state(odd))?.revision).toBe(state(odd).revision);
    }
  });

  it('is read back from its journal up to a half-written line', () => {
    const lines = [{ type: 'snapshot', state: snapshot(before, 1) }, delta()].map((one) => JSON.stringify(one));
    expect(replay(`${lines.join('\n')}\n`)?.sequence).toBe(2);
    expect(replay(`${lines.join('\n').slice(0, -5)}`)?.sequence).toBe(1);
    expect(replay('')).toBeUndefined();
    expect(replay(`{"type":"snapshot","state":{}}\n${lines[1]}`)).toBeUndefined();
  });
});
