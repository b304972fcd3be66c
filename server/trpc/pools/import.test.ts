import { afterAll, beforeEach, expect, it } from 'vitest';
import { refusal, type TestApi, testApi } from '../../testing/test-api.ts';

let api: TestApi | undefined;
beforeEach(async () => {
  const last = api;
  api = await testApi(); // before the last one closes: the server stays
  await last?.close();
});
afterAll(async () => api?.close());

const editor = () => {
  if (api === undefined) throw new Error('no API');
  return api.caller('editor');
};
const manifest = (name: string, cidr: string, more = ''): string =>
  `apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata:\n  name: ${name}\nspec:\n  cidr: ${cidr}\n${more}---\n`;

it('imports what is new and what differs, as one change; a second time nothing happens', async () => {
  await editor().pools.create({ name: 'same', spec: { cidr: '10.1.0.0/16' } });
  await editor().pools.create({ name: 'other', spec: { cidr: '10.2.0.0/16' } });
  await editor().pools.create({ name: 'untouched', spec: { cidr: '10.9.0.0/16' } });
  const yaml =
    manifest('new', '10.3.0.0/16') +
    manifest('same', '10.1.0.0/16') +
    manifest('other', '10.2.0.0/16', '  natOutgoing: true\n');
  const dry = await editor().pools.import({ yaml, dryRun: true });
  const sorted = { created: ['new'], updated: ['other'], unchanged: ['same'] };
  expect(dry).toMatchObject({ ...sorted, change: null });
  expect((await editor().pools.list({})).total).toBe(3);
  const done = await editor().pools.import({ yaml, reason: 'from git' });
  expect(done).toMatchObject({
    ...sorted,
    change: {
      action: 'pool.import',
      target: 'new, other',
      reason: 'from git',
      before: [{ name: 'other', spec: { cidr: '10.2.0.0/16' } }],
      after: [
        { name: 'new', spec: { cidr: '10.3.0.0/16' } },
        { name: 'other', spec: { cidr: '10.2.0.0/16', natOutgoing: true } },
      ],
    },
  });
  expect(done.revision).not.toBe(dry.revision);
  const again = await editor().pools.import({ yaml });
  expect(again).toMatchObject({ created: [], updated: [], unchanged: ['new', 'same', 'other'], change: null });
  expect(again.revision).toBe(done.revision);
});

it('one bad pool and nothing is imported; every violation names its pool', async () => {
  await editor().pools.create({ name: 'there', spec: { cidr: '10.1.0.0/16' } });
  const yaml =
    manifest('good', '10.5.0.0/16') +
    manifest('inside', '10.1.2.0/24') +
    manifest('twin', '10.5.1.0/24') +
    manifest('there', '10.6.0.0/16');
  for (const dryRun of [true, false]) {
    const bad = await refusal(editor().pools.import({ yaml, dryRun }));
    expect(bad.reason).toBe('POOL_VIOLATIONS');
    const said = bad.violations?.map(({ pool, rule, document, line }) => `${pool} ${rule} ${document} ${line}`);
    expect(said).toEqual(['good C17 1 1', 'twin C17 3 15', 'there C15 4 22']);
  }
  // also where all others of the text are there already, as they are
  const yamlOfOne = manifest('same', '10.8.0.0/16') + manifest('there', '10.6.0.0/16');
  await editor().pools.create({ name: 'same', spec: { cidr: '10.8.0.0/16' } });
  // one after the other: a second that is refused while the first is waited for is heard by nobody
  for (const importOf of [editor().pools.import, editor().pools.previewImport]) {
    expect(await refusal(importOf({ yaml: yamlOfOne }))).toMatchObject({
      message: expect.stringMatching(/^there \(document 2, line 8\): CIDR cannot be changed/),
      violations: [{ pool: 'there', rule: 'C15', field: 'spec.cidr', document: 2, line: 8 }],
    });
  }
  const list = await editor().pools.list({});
  expect(list.pools.map(({ name, spec }) => [name, spec.cidr])).toEqual([
    ['same', '10.8.0.0/16'],
    ['there', '10.1.0.0/16'],
  ]);
  expect((await editor().changes.list({})).changes).toHaveLength(2);
});

it('unreadable YAML is named by document, line and field, and never fails the server', async () => {
  const bad = await refusal(
    editor().pools.import({
      yaml: `${manifest('a', '10.1.0.0/16')}${manifest('B!', '10.2.0.0/16', '  disabled: 7\n')}`,
    }),
  );
  expect(bad).toMatchObject({ code: 'BAD_REQUEST', reason: 'YAML_UNREADABLE' });
  expect(bad.issues?.map(({ field, document }) => [field, document])).toEqual([
    ['metadata.name', 2],
    ['spec.disabled', 2],
  ]);
  const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghi'
    .split('')
    .map((c, i) => `${c}: &${c} [${Array(9).fill(`*${'abcdefgh'[i]}`).join(',')}]`)
    .join('\n')}\n`;
  for (const yaml of [
    '',
    '---\n',
    'kind: List\napiVersion: v1\nitems: []\n',
    'a: [',
    '\t',
    'x'.repeat(100_000),
    bomb,
  ]) {
    const refused = await refusal(editor().pools.import({ yaml }));
    expect(refused.reason, yaml.slice(0, 40)).toBe('YAML_UNREADABLE');
    expect(refused.issues?.length, yaml.slice(0, 40)).toBeGreaterThan(0);
  }
  const nul = manifest('a', '10.1.0.0/16', '  nodeSelector: "x\\0y"\n');
  expect(await refusal(editor().pools.import({ yaml: nul }))).toMatchObject({
    reason: 'YAML_UNREADABLE',
    issues: [{ field: 'spec.nodeSelector', document: 1 }],
  });
  const huge = await refusal(editor().pools.import({ yaml: 'x'.repeat(8_000_001) }));
  expect(huge).toMatchObject({ reason: 'INVALID_INPUT', issues: [{ field: 'yaml' }] });
  expect(api?.defects).toEqual([]);
});

it('what it exports can be imported again: nothing changes', async () => {
  await editor().pools.import({
    yaml: manifest('a', '192.168.0.0/16', '  natOutgoing: true\n') + manifest('b', '10.0.0.0/8', '  disabled: true\n'),
  });
  for (const api of ['v3', 'v1'] as const) {
    const { yaml } = await editor().pools.export({ api });
    expect((await editor().pools.import({ yaml })).unchanged).toEqual(['a', 'b']);
  }
  expect((await editor().pools.export({ names: ['b'] })).yaml).not.toContain('192.168');
  expect(await refusal(editor().pools.export({ names: ['x', 'a', 'y'] }))).toMatchObject({
    reason: 'NOT_FOUND',
    issues: [{ message: "there is no pool 'x'" }, { message: "there is no pool 'y'" }],
  });
});

it('a preview says every violation and warning, and writes nothing', async () => {
  await editor().pools.create({ name: 'a', spec: { cidr: '10.1.0.0/16' } });
  const one = await editor().pools.preview({ name: 'b', spec: { cidr: '10.1.1.0/24', blockSize: 40 } });
  expect(one.violations.map(({ rule }) => rule).sort()).toEqual(['C13', 'C17']);
  expect(one.diff.before).toBe('');
  expect(one.diff.after).toContain('name: b');
  const loop = await editor().pools.preview({ yaml: manifest('l', '127.0.0.0/8') });
  expect(loop).toMatchObject({ violations: [], warnings: [{ code: 'W_LOOPBACK' }] });
  const moved = await editor().pools.preview({ name: 'a', spec: { cidr: '10.1.0.0/17' } });
  expect(moved.violations.map(({ rule }) => rule)).toEqual(['C15']);
  const two = await editor().pools.preview({ yaml: manifest('m', '10.7.0.0/16') + manifest('n', '10.7.0.0/16') });
  expect(two.violations.map(({ pool, rule }) => `${pool} ${rule}`)).toEqual(['m C17', 'n C17']);
  expect((await refusal(editor().pools.preview({ yaml: 'a', name: 'b' } as never))).reason).toBe('INVALID_INPUT');
  const crowd = (count: number) => ({
    yaml: Array.from({ length: count }, (_, i) => manifest(`c-${i}`, '10.9.0.0/16')).join(''),
  });
  expect((await editor().pools.preview(crowd(20))).violations).toHaveLength(20 * 19);
  expect((await editor().pools.preview(crowd(40))).violations).toHaveLength(1000);
  expect(await refusal(editor().pools.preview(crowd(1001)))).toMatchObject({
    reason: 'INVALID_INPUT',
    issues: [{ field: 'yaml', message: expect.stringContaining('at most 1000 pools') }],
  });
  expect((await editor().changes.list({})).changes).toHaveLength(1);
});

it('ten thousand pools are one change, whose contents only the change itself carries', async () => {
  const count = 10_000;
  const yaml = Array.from({ length: count }, (_, i) =>
    manifest(`p-${i}`, `10.${i >> 8}.${i & 255}.0/24`, '  natOutgoing: true\n'),
  ).join('');
  const { created, change, revision } = await editor().pools.import({ yaml });
  expect(created).toHaveLength(count);
  expect(change?.target).toBe('p-0, p-1, p-10 and 9997 more');
  const [listed] = (await editor().changes.list({ pool: 'p-9876' })).changes;
  expect(listed).toMatchObject({ id: change?.id, pools: count, after: null });
  expect((await editor().changes.get({ id: change?.id ?? 0 })).after).toHaveLength(count);
  const cache = (await api?.deps())?.state;
  expect([cache?.revision, cache?.pools().length]).toEqual([revision, count]);
  const bad = await refusal(editor().pools.create({ name: 'over', spec: { cidr: '10.0.0.0/10' } }));
  expect(bad.violations?.length).toBe(101);
  // thousands in one place would be millions of violations, and of rows
  const crowd = Array.from({ length: 2000 }, (_, i) => manifest(`c-${i}`, '10.0.0.0/8')).join('');
  const many = await refusal(editor().pools.previewImport({ yaml: crowd }));
  expect([many.reason, many.violations?.length]).toEqual(['POOL_VIOLATIONS', 1000]);
  expect(many.message).toContain('; and at least 995 more');
  const times: number[] = [];
  for (let i = 0; i < 20; i++) {
    const name = `p-${i * 400}`;
    const started = performance.now();
    const { version, spec } = await editor().pools.get({ name });
    await editor().pools.update({ name, spec: { ...spec, natOutgoing: false }, expectedVersion: version });
    times.push(performance.now() - started);
  }
  // the quickest: other work on the machine holds up the others
  expect(Math.min(...times)).toBeLessThan(250);
});
