import { expect, it } from 'vitest';
import {
  type ClusterState,
  livePoolsText,
  needsSomebody,
  queueText,
  SILENT_MS,
  settingsText,
  verdictOf,
} from './connection.ts';

const now = Date.parse('2026-01-01T00:10:00Z');
const at = (seconds: number): string => new Date(now - seconds * 1000).toISOString();
const counts = { Synced: 2, Pending: 1, OutOfSync: 1, Contested: 0, Rejected: 0, Forbidden: 1 };
const live: ClusterState = {
  group: 'projectcalico.org/v3',
  phase: 'live',
  since: at(600),
  heardAt: at(3),
  leader: 'server-1',
  counts,
  settings: { Synced: 0, Pending: 0, OutOfSync: 0, Contested: 0, Rejected: 0, Forbidden: 0 },
  refused: { deletion: 0, release: 0 },
  live: { deleting: 0, refused: 0 },
  problems: [],
  back: null,
};
const said = (more: Partial<ClusterState>) => verdictOf({ ...live, ...more }, now);

it('says first whether the cluster is heard, and then how our pools stand', () => {
  expect(said({})).toMatchObject({ kind: 'check', text: 'Live: 2 of 5 pools are as desired.', since: at(600) });
  const synced = { ...counts, Pending: 0, OutOfSync: 0, Forbidden: 0 };
  expect(said({ counts: synced }).text).toBe('Live: all 2 pools are as desired.');
  expect(said({ counts: { ...synced, Synced: 0 } }).text).toBe('Live: no pool is ours yet.');
});

it('is calm only while nothing waits for somebody and every setting is in force', () => {
  const calm = { ...counts, OutOfSync: 0, Forbidden: 0 };
  const settings = { ...live.settings, Synced: 1 };
  const reaches = 'Every change there reaches the nodes.';
  // what is on its way needs nobody
  expect(said({ counts: calm, settings })).toMatchObject({ kind: 'live', follows: reaches });
  expect(said({})).toMatchObject({ kind: 'check', follows: `2 pools need a decision. ${reaches}` });
  expect(said({ counts: calm, settings: { ...settings, Contested: 1 } })).toMatchObject({
    kind: 'check',
    follows: `1 FelixConfiguration needs a decision. ${reaches}`,
  });
  expect(said({ counts: { ...calm, Rejected: 1 }, settings: { ...settings, OutOfSync: 1 } }).follows).toBe(
    `1 pool and 1 FelixConfiguration need a decision. ${reaches}`,
  );
  expect(said({ counts: calm, problems: [{ stops: false }] })).toMatchObject({
    kind: 'check',
    follows: 'Settings there are not in force: they are named below.',
  });
  expect(said({ counts: calm, problems: [{ stops: false }, { stops: true }] })).toMatchObject({
    kind: 'check',
    follows: 'Settings there stop Felix: they are named below.',
  });
});

it('what goes there is named, and needs nobody but where that is refused', () => {
  const calm = { ...counts, OutOfSync: 0, Forbidden: 0 };
  const reaches = 'Every change there reaches the nodes.';
  expect(said({ counts: calm, live: { deleting: 1, refused: 0 } })).toMatchObject({
    kind: 'live',
    follows: `1 pool is being deleted there, and in force until it is gone. ${reaches}`,
  });
  const refused = { deletion: 1, release: 0 };
  expect(said({ counts: calm, live: { deleting: 3, refused: 1 }, refused }).follows).toMatch(
    /^The cluster refuses to delete a pool .*\. 2 more pools are being deleted there, and in force until they are gone\./,
  );
  expect(said({ counts: calm, live: { deleting: 1, refused: 1 }, refused }).follows).not.toContain('being deleted');
  // one that cannot be read is in force nowhere, and is no reason to tell one less of the others
  expect(said({ counts: calm, live: { deleting: 2, refused: 0 }, refused }).follows).toContain(
    '2 more pools are being deleted',
  );
});

it('what the cluster refuses of pools that are done with here needs somebody', () => {
  const calm = { ...counts, OutOfSync: 0, Forbidden: 0 };
  expect(said({ counts: calm, refused: { deletion: 1, release: 2 } })).toMatchObject({
    kind: 'check',
    follows: [
      'The cluster refuses to delete a pool of which the deletion was decided here.',
      'The cluster refuses to take our name from 2 pools that we no longer decide about.',
      'Every change there reaches the nodes.',
    ].join(' '),
  });
});

it('a cluster that is not heard keeps what was last known in force', () => {
  for (const phase of ['blind', 'no-pools'] as const) {
    expect(said({ phase, since: at(40) })).toMatchObject({
      kind: 'lost',
      follows: 'What was last known stays in force.',
      since: at(40),
    });
  }
  expect(said({ phase: 'starting' }).kind).toBe('waiting');
  expect(said({ leader: null }).text).toMatch(/^No server leads/);
  expect(said({ phase: null }).text).toMatch(/^No server leads/);
});

it('what came back and lacks something is not followed: half of a backup is no decision', () => {
  const whole = { known: 1, missing: 0 };
  const half = { since: at(20), pools: { known: 10, missing: 7 }, settings: whole };
  expect(said({ phase: 'no-pools', back: half })).toEqual({
    kind: 'lost',
    text: 'IPPools are back in this cluster, and 7 of 10 known pools are missing.',
    follows: 'What was last known stays in force.',
    since: at(20),
  });
  const settings = { since: at(20), pools: whole, settings: { known: 2, missing: 1 } };
  const calm = { ...counts, OutOfSync: 0, Forbidden: 0 };
  expect(said({ counts: calm, back: settings })).toMatchObject({
    kind: 'check',
    follows:
      'FelixConfigurations are back, and 1 of 2 known ones is missing: the last known settings stay in force. Every change of a pool there reaches the nodes.',
  });
});

it('a leader that died tells nothing more: its last word is not believed for ever', () => {
  expect(said({ heardAt: at(SILENT_MS / 1000 + 1) })).toMatchObject({
    kind: 'lost',
    text: 'server-1 leads, and no longer tells of the cluster.',
  });
  expect(said({ heardAt: null }).kind).toBe('lost');
});

it('says how the settings stand', () => {
  const none = { Synced: 0, Pending: 0, OutOfSync: 0, Contested: 0, Rejected: 0, Forbidden: 0 };
  expect(settingsText(none)).toBe('nothing is decided here');
  expect(settingsText({ ...none, Synced: 1 })).toBe('1 of 1 FelixConfiguration as decided');
  expect(settingsText({ ...none, Synced: 2, Contested: 1 })).toBe('2 of 3 FelixConfigurations as decided, 1 Contested');
});

it('counts what needs somebody: neither what is as desired nor what is on its way', () => {
  expect(needsSomebody(counts)).toBe(2);
});

it('what is to be compared is no other number of what is pending', () => {
  expect(queueText(43, 107)).toBe(
    '43 pools and settings still to be compared; Pending are 107 pools not in the cluster yet',
  );
  expect(queueText(1, 0)).toBe('1 pool or setting still to be compared');
  expect(queueText(0, 0)).toBe('nothing is to be compared');
  expect(queueText(0, 1)).toBe('Pending is 1 pool not in the cluster yet');
});

it('counts the pools of the cluster in the same words everywhere', () => {
  const none = { managed: 0, observed: 1, foreign: 0, deleting: 0, unreadable: 0 };
  expect(livePoolsText(none)).toBe('0 ours · 1 of others');
  expect(livePoolsText({ managed: 1200, observed: 1, foreign: 2, deleting: 1, unreadable: 3 })).toBe(
    '1,200 ours · 3 of others · 1 being deleted · 3 more cannot be read',
  );
});
