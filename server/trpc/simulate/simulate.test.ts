import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Report } from '../../../core/wire/report.ts';
import { ingestReport } from '../../services/agents/ingest.ts';
import { type Caller, refusal, type TestApi, testApi } from '../../testing/test-api.ts';
import { reportOf } from '../../testing/test-report.ts';

let api: TestApi;
let viewer: Caller;

const counted = (cidr: string) => ({ cidr, packets: 0, bytes: 0 });
const rule = (chain: string, text: string) => ({ chain, text, hash: '', packets: 0, bytes: 0 });

/** A node with pods behind it that NATs `pool`, as read back from a kernel. */
function programmed(node: string, address: string, pods: string, pool: string): Report {
  const report = reportOf(node);
  return {
    ...report,
    families: {
      ...report.families,
      '4': {
        rules: [
          rule('POSTROUTING', '-A POSTROUTING -j OUTGATE-POSTROUTING'),
          rule(
            'OUTGATE-POSTROUTING',
            '-A OUTGATE-POSTROUTING -m set ! --match-set outgate-exempt-v4 dst -m set --match-set outgate-src-v4 src -j MASQUERADE',
          ),
        ],
        sets: [
          { name: 'outgate-src-v4', members: [counted(pool)] },
          { name: 'outgate-exempt-v4', members: [counted(pool)] },
        ],
      },
    },
    facts: {
      name: node,
      interfaces: [
        { name: 'up0', addresses: [`${address}/24`] },
        { name: 'pods', addresses: [pods.replace('.0/24', '.1/24')] },
      ],
      routes: [
        { to: 'default', via: '192.0.2.1', dev: 'up0', src: null },
        { to: '192.0.2.0/24', via: null, dev: 'up0', src: null },
        { to: pods, via: null, dev: 'pods', src: null },
      ],
    },
  };
}

beforeAll(async () => {
  api = await testApi();
  viewer = api.caller('viewer');
  await api.caller('editor').pools.create({ name: 'pods', spec: { cidr: '192.168.0.0/16', natOutgoing: true } });
  for (const [i, node] of ['n-1', 'n-2'].entries()) {
    await api.database.db.query('INSERT INTO node (name, credential_hash) VALUES ($1::text, $1::text)', [node]);
    const pods = `192.168.${i + 1}.0/24`;
    await ingestReport(api.database.db, programmed(node, `192.0.2.1${i + 1}`, pods, '192.168.0.0/16'));
  }
});
afterAll(async () => api?.close());

const flow = { from: '192.168.2.10', to: '198.51.100.10' };

it('desired first, with the address of the node that hosts the source; then each node by its kernel', async () => {
  const { answers, host, agree } = await viewer.simulate.flow(flow);
  expect(answers.map(({ truth, node, verdict, code }) => [truth, node, verdict, code])).toEqual([
    ['desired', 'n-2', 'SNAT', 'SNAT_MASQUERADE'],
    ['node', 'n-1', 'SNAT', 'SNAT_MASQUERADE'],
    ['node', 'n-2', 'SNAT', 'SNAT_MASQUERADE'],
  ]);
  expect(answers[0]?.source).toMatchObject({ address: '192.0.2.12', interface: 'up0' });
  expect(answers[2]?.source.address).toBe('192.0.2.12');
  expect([host, agree]).toEqual(['n-2', true]);
});

it('a node that holds something else disagrees, and only the hosting one counts', async () => {
  const { db } = api.database;
  await ingestReport(db, programmed('n-2', '192.0.2.12', '192.168.2.0/24', '10.0.0.0/8'));
  const asked = await viewer.simulate.flow(flow);
  expect(asked.answers[2]).toMatchObject({ node: 'n-2', verdict: 'NO_SNAT' });
  expect(asked.agree).toBe(false);
  expect((await viewer.simulate.flow({ ...flow, from: '192.168.1.10' })).agree).toBe(true);
  await ingestReport(db, programmed('n-2', '192.0.2.12', '192.168.2.0/24', '192.168.0.0/16'));
  expect((await viewer.simulate.flow(flow)).agree).toBe(true);
});

it('a node that is silent for too long cannot tell', async () => {
  api.setNow(new Date(Date.now() + 31_000));
  const { answers, agree } = await viewer.simulate.flow(flow);
  api.setNow(null);
  expect(answers.slice(1).map(({ code }) => code)).toEqual(['INDETERMINATE_NODE_STALE', 'INDETERMINATE_NODE_STALE']);
  expect(answers[1]?.age).toBeGreaterThan(30);
  expect(agree).toBe(false);
});

it('facts that cannot be read are none, and spoil no answer about another node', async () => {
  const { db } = api.database;
  const report = programmed('n-2', '192.0.2.12', '192.168.2.0/24', '192.168.0.0/16');
  await ingestReport(db, {
    ...report,
    facts: { name: 'n-2', interfaces: [{ name: 'up0', addresses: ['10.0.0.1/999'] }], routes: [] },
  });
  const { answers } = await viewer.simulate.flow({ ...flow, from: '192.168.1.10' });
  expect(answers.map(({ verdict, source }) => [verdict, source.address])).toEqual([
    ['SNAT', '192.0.2.11'],
    ['SNAT', '192.0.2.11'],
    ['SNAT', null],
  ]);
  await ingestReport(db, report);
});

it('a draft is judged as if it were saved, and nothing is', async () => {
  const draft = { name: 'exempt', spec: { cidr: '198.51.100.0/24', disabled: true } };
  const { answers, agree } = await viewer.simulate.flow({ ...flow, draft });
  expect(answers[0]).toMatchObject({ code: 'NO_SNAT_DESTINATION_IN_POOL', revision: null });
  expect([answers[1]?.verdict, agree]).toEqual(['SNAT', false]);
  expect((await viewer.simulate.flow(flow)).answers[0]?.verdict).toBe('SNAT');
});

it('a draft that could not be saved is refused with field and reason', async () => {
  for (const [draft, field] of [
    [{ name: 'bad', spec: { cidr: '10.0.0.0/99' } }, 'spec.cidr'],
    [{ name: 'bad', spec: { cidr: '198.51.100.0/24', blockSize: 40 } }, 'spec.blockSize'],
    [[{ name: 'bad', spec: { cidr: '192.168.1.0/24' } }], 'spec.cidr'],
  ] as const) {
    const bad = await refusal(viewer.simulate.flow({ ...flow, draft: draft as never }));
    expect(bad).toMatchObject({ code: 'BAD_REQUEST', reason: 'POOL_VIOLATIONS' });
    expect(bad.violations?.[0]).toMatchObject({ field, message: expect.stringMatching(/\w/) });
  }
});

it('a change by another server is seen at once', async () => {
  const editor = api.caller('editor');
  const { pool } = await editor.pools.create({ name: 'x', spec: { cidr: '198.51.100.0/24', disabled: true } });
  expect((await viewer.simulate.flow(flow)).answers[0]?.verdict).toBe('NO_SNAT');
  await editor.pools.delete({ name: 'x', expectedVersion: pool.version, reason: 'done' });
  expect((await viewer.simulate.flow(flow)).answers[0]?.verdict).toBe('SNAT');
});

it('what cannot be read is named by its field', async () => {
  const bad = await refusal(viewer.simulate.flow({ from: '010.0.0.1', to: '1', proto: 'x' }));
  expect(bad).toMatchObject({ code: 'BAD_REQUEST', reason: 'INVALID_INPUT' });
  expect(bad.issues?.map(({ field }) => field)).toEqual(['from', 'to', 'proto']);
  expect((await refusal(viewer.simulate.flow({ ...flow, port: 70000 }))).issues?.[0]?.field).toBe('port');
  expect((await refusal(viewer.simulate.flow({ ...flow, node: 'n-9' }))).reason).toBe('NOT_FOUND');
});

it('ten thousand flows are answered in their order, a bad one alone with an error', async () => {
  const flows = Array.from({ length: 10_000 }, (_, id) => ({
    id,
    from: `192.168.2.${id % 256}`,
    to: `198.51.100.${id % 256}`,
  }));
  const bad = { id: 'bad', from: 'x', to: '198.51.100.1' };
  const { verdicts } = await viewer.simulate.flows({ flows: [...flows.slice(1), bad] });
  expect(verdicts).toHaveLength(10_000);
  expect(verdicts.map(({ id }) => id)).toEqual([...flows.slice(1).map(({ id }) => id), 'bad']);
  expect(verdicts[41]).toMatchObject({ id: 42, verdict: 'SNAT', source: { address: '192.0.2.12' } });
  expect(verdicts.at(-1)).toEqual({ id: 'bad', error: [{ field: 'from', message: expect.any(String) }] });
  const many = await refusal(viewer.simulate.flows({ flows: [...flows, bad] }));
  expect(many.issues?.[0]).toMatchObject({ field: 'flows', message: 'flows must be at most 10,000' });
});
