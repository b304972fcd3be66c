import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Role } from '../services/actor.ts';
import { refusal, type TestApi, testApi } from '../testing/test-api.ts';
import { appRouter } from './router.ts';

let api: TestApi;
beforeAll(async () => {
  api = await testApi();
});
afterAll(async () => api?.close());

interface Procedure {
  readonly _def: { readonly type: 'query' | 'mutation' | 'subscription' };
}
const procedures = Object.entries(appRouter._def.procedures as unknown as Record<string, Procedure>).map(
  ([path, procedure]) => ({ path, type: procedure._def.type }),
);

/** What somebody without an account may call: signing in needs it. */
const open = ['session.get', 'setup.createAdmin'];

/** Whoever adds a procedure says here who may call it. */
const lowest: Record<string, Role> = {
  'pools.create': 'editor',
  'pools.update': 'editor',
  'pools.delete': 'editor',
  'pools.import': 'editor',
  'changes.revert': 'editor',
  'cluster.adopt': 'editor',
  'cluster.resolve': 'editor',
  'cluster.resolveMadeAgain': 'editor',
  'cluster.resolveSettings': 'editor',
  'cluster.setPolicy': 'editor',
  'cluster.follow': 'admin',
  'settings.update': 'editor',
  'lab.probe': 'editor',
  // everyone's own
  'apiTokens.create': 'viewer',
  'apiTokens.revoke': 'viewer',
};

async function call(role: Role | null, path: string): Promise<string> {
  const [router = '', name = ''] = path.split('.');
  const caller = api.caller(role) as unknown as Record<string, Record<string, (input: unknown) => Promise<unknown>>>;
  try {
    await caller[router]?.[name]?.({});
    return 'done';
  } catch (error) {
    return (error as { code: string }).code;
  }
}

it('knows every procedure', () => {
  expect(procedures.length).toBeGreaterThan(25);
  expect(procedures.map(({ path }) => path)).toEqual(expect.arrayContaining([...open, ...Object.keys(lowest)]));
});

const closed = procedures.filter(({ path }) => !open.includes(path));
const mutations = closed.filter(({ type }) => type === 'mutation');
const queries = closed.filter(({ path, type }) => type === 'query' && !/^(accounts|joinTokens)\./.test(path));

it.each(closed)('$path refuses who is not signed in', async ({ path }) => {
  expect(await call(null, path)).toBe('UNAUTHORIZED');
});

const aboveViewer = mutations.filter(({ path }) => lowest[path] !== 'viewer');
it.each(aboveViewer)('$path refuses a viewer, whatever the input is', async ({ path }) => {
  expect(await call('viewer', path)).toBe('FORBIDDEN');
});

it.each(mutations)('$path lets in who may, and nobody below', async ({ path }) => {
  const needed = lowest[path] ?? 'admin';
  if (needed === 'admin') expect(await call('editor', path)).toBe('FORBIDDEN');
  expect(['FORBIDDEN', 'UNAUTHORIZED']).not.toContain(await call(needed, path));
});

it.each(queries)('$path answers a viewer', async ({ path }) => {
  expect(['FORBIDDEN', 'INTERNAL_SERVER_ERROR']).not.toContain(await call('viewer', path));
});

it('says which role is needed, in one form', async () => {
  expect(await refusal(api.caller('viewer').pools.import({ yaml: '' }))).toMatchObject({
    code: 'FORBIDDEN',
    reason: 'ROLE_TOO_LOW',
    message: 'this needs the role editor; yours is viewer',
    requestId: 'test-request',
  });
  expect(await refusal(api.caller(null).pools.list({}))).toMatchObject({ reason: 'NOT_SIGNED_IN' });
});

it('shows nothing of a failure but the request, and logs all of it', async () => {
  const broken = await testApi();
  await broken.database.db.close();
  const shown = await refusal(broken.caller('admin').pools.list({}));
  expect(shown).toEqual({
    code: 'INTERNAL_SERVER_ERROR',
    message: 'something went wrong on the server (request test-request)',
    reason: 'INTERNAL',
    requestId: 'test-request',
  });
  expect(broken.defects).toHaveLength(1);
  await broken.close().catch(() => {});
});

it('a list whose fields are all optional is had without any', async () => {
  const viewer = api.caller('viewer');
  expect((await viewer.pools.list()).pools).toEqual([]);
  expect((await viewer.changes.list()).changes).toEqual([]);
  expect((await viewer.nodes.list()).nodes).toEqual([]);
});
