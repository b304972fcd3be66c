import { mkdtempSync, renameSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Delta } from '../../core/wire/state.ts';
import { applyDelta, type HeldState, holdSnapshot, holdState, stateOf } from '../held-state.ts';
import { openJournal } from './journal.ts';

const none = { global: {}, nodes: {} };
const pool = (name: string, cidr: string) => ({ name, spec: { cidr, natOutgoing: true } });
const pools = [pool('a', '10.0.0.0/24'), pool('b', '10.0.1.0/24'), pool('c', '10.0.2.0/24')];
const snapshot = (sequence: number) => stateOf(holdState(pools.slice(0, sequence), none, []), sequence);
const deltaTo = (sequence: number): Delta => ({
  type: 'delta',
  from: sequence - 1,
  sequence,
  revision: snapshot(sequence).revision,
  upsert: pools.slice(sequence - 1, sequence),
  remove: [],
});
const first = (): HeldState => {
  const held = holdSnapshot(snapshot(1));
  if (held === undefined) throw new Error('the snapshot was refused');
  return held;
};

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'outgate-journal-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const move = (journal: ReturnType<typeof openJournal>, held: HeldState, sequence: number): void => {
  const delta = deltaTo(sequence);
  expect(applyDelta(held, delta).ok).toBe(true);
  journal.delta(held, delta);
};

it('keeps what comes after a delta that could not be written', () => {
  const errors: string[] = [];
  const journal = openJournal(dir, (message) => errors.push(message));
  const held = first();
  journal.snapshot(held);
  renameSync(dir, `${dir}-away`);
  move(journal, held, 2);
  expect(errors).toHaveLength(1);
  renameSync(`${dir}-away`, dir);
  move(journal, held, 3);
  expect(openJournal(dir, expect.fail).load()?.sequence).toBe(3);
});

it('goes on from a half-written line, and what comes then is kept too', () => {
  const journal = openJournal(dir, expect.fail);
  const held = first();
  journal.snapshot(held);
  const { length } = JSON.stringify({ type: 'snapshot', state: snapshot(1) });
  move(journal, held, 2);
  truncateSync(join(dir, 'state.ndjson'), length + 20);

  const next = openJournal(dir, expect.fail);
  const resumed = next.load();
  if (resumed === undefined) throw new Error('nothing was kept');
  expect(resumed.sequence).toBe(1);
  move(next, resumed, 2);
  move(next, resumed, 3);
  expect(openJournal(dir, expect.fail).load()?.sequence).toBe(3);
});
