/** API tokens from their making to their end, over real HTTP. */
import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { pruneApiTokens } from '../services/access/api-token-use.ts';
import { serverOfFile } from '../testing/file-server.ts';
import {
  type Answer,
  askWith,
  makeApiToken,
  mutate,
  openLines,
  query,
  type SseEvent,
  signedInAs,
} from '../testing/test-client.ts';
import { ADMIN } from '../testing/test-server.ts';
import { appRouter } from '../trpc/router.ts';

const server = serverOfFile();
const as = (role: string, email: string) => signedInAs(server.address, server.cookie, role, email);
const make = (cookie: string, name: string, role: string) => makeApiToken(server.address, cookie, { name, role });
const list = (token: string) => askWith(server.address, token, 'pools.list');
const reasonOf = ({ status, body }: Answer) => [status, body.error?.data.reason];
const setRole = (id: string, role: string) => mutate(server.address, 'accounts.setRole', { id, role }, server.cookie);
let pools = 0;
const createPool = (token: string) =>
  askWith(server.address, token, 'pools.create', { name: `p${++pools}`, spec: { cidr: `10.${pools}.0.0/16` } });

describe('making one', () => {
  test('its secret has a known form, is said once, and stands in the database by its hash alone', async () => {
    const { id, token } = await make(server.cookie, 'form', 'editor');
    expect(token).toMatch(/^outgate_[A-Za-z0-9_-]{43}$/);
    expect((await list(token)).status).toBe(200);
    const kept = JSON.stringify(await server.db.query('SELECT * FROM api_token'));
    expect(kept).not.toContain(token.slice(8));
    const shown = (await query(server.address, 'apiTokens.list', undefined, server.cookie)).body.result.data.apiTokens;
    const [own] = shown.filter((one: { id: string }) => one.id === id);
    expect(own).toMatchObject({
      name: 'form',
      owner: ADMIN.email,
      role: 'editor',
      effectiveRole: 'editor',
      revokedAt: null,
    });
    expect(JSON.stringify(shown)).not.toMatch(/outgate_|hash/);
    const days = (Date.parse(own.expiresAt) - Date.parse(own.createdAt)) / 86_400_000;
    expect(days).toBeCloseTo(90, 2);
  });

  test('the role is at most the own one, and the name is clear in History', async () => {
    const { cookie } = await as('editor', 'maker@outgate.example');
    const create = (input: object) =>
      mutate(server.address, 'apiTokens.create', { name: 'x', role: 'viewer', ...input }, cookie);
    expect(reasonOf(await create({ role: 'admin' }))).toEqual([403, 'ROLE_TOO_LOW']);
    for (const input of [
      { name: 'a) (admin' },
      { name: '' },
      { name: 'x'.repeat(61) },
      { role: 'owner' },
      { expiresAt: '2020-01-01T00:00:00Z' },
    ]) {
      expect(reasonOf(await create(input))).toEqual([400, 'INVALID_INPUT']);
    }
    const twice = await Promise.all([create({ name: 'ci' }), create({ name: 'ci' })]);
    expect(twice.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(twice.map(reasonOf)).toContainEqual([409, 'NAME_TAKEN']);
    expect((await create({ name: 'for ever', expiresAt: null })).body.result.data.apiToken.expiresAt).toBeNull();
  });
});

describe('what it may', () => {
  test('a viewer token of an admin reads and writes nothing; History names owner, token and role', async () => {
    const viewer = await make(server.cookie, 'read', 'viewer');
    expect(reasonOf(await createPool(viewer.token))).toEqual([403, 'ROLE_TOO_LOW']);
    expect(reasonOf(await askWith(server.address, viewer.token, 'accounts.list'))).toEqual([403, 'ROLE_TOO_LOW']);
    const editor = await make(server.cookie, 'ci', 'editor');
    const made = await createPool(editor.token);
    expect(made.body.result.data.change).toMatchObject({ actor: `${ADMIN.email} (token ci)`, role: 'editor' });
    const found = await query(server.address, 'changes.list', { actor: `${ADMIN.email} (token ci)` }, server.cookie);
    expect(found.body.result.data.changes).toHaveLength(1);
  });

  test('it falls with its owner: a lower role, a ban, a removed account', async () => {
    const owner = await as('editor', 'falls@outgate.example');
    const { token } = await make(owner.cookie, 'job', 'editor');
    expect((await createPool(token)).status).toBe(200);
    await setRole(owner.id, 'viewer');
    expect(reasonOf(await createPool(token))).toEqual([403, 'ROLE_TOO_LOW']);
    expect((await list(token)).status).toBe(200);
    const [shown] = (await query(server.address, 'apiTokens.list', undefined, owner.cookie)).body.result.data.apiTokens;
    expect(shown).toMatchObject({ role: 'editor', effectiveRole: 'viewer' });
    // and never rises above what it was made with
    await setRole(owner.id, 'admin');
    expect(reasonOf(await askWith(server.address, token, 'accounts.list'))).toEqual([403, 'ROLE_TOO_LOW']);
    const ban = (banned: boolean, until: string | null) =>
      server.db.query('UPDATE "user" SET banned = $2, ban_expires = $3 WHERE id = $1', [owner.id, banned, until]);
    await ban(true, null);
    expect(reasonOf(await list(token))).toEqual([401, 'API_TOKEN_REFUSED']);
    await ban(true, '2020-01-01T00:00:00Z');
    expect((await list(token)).status).toBe(200);
    await mutate(server.address, 'accounts.remove', { id: owner.id }, server.cookie);
    expect(reasonOf(await list(token))).toEqual([401, 'API_TOKEN_REFUSED']);
  });

  test('what signs in is made, changed and ended by sessions alone', async () => {
    const { token } = await make(server.cookie, 'root', 'admin');
    expect((await askWith(server.address, token, 'accounts.list')).status).toBe(200);
    const all = Object.entries(appRouter._def.procedures as unknown as Record<string, { _def: { type: string } }>);
    const closed = all.filter(
      ([path, { _def }]) => _def.type === 'mutation' && /^(accounts|apiTokens|joinTokens)\./.test(path),
    );
    expect(closed.length).toBeGreaterThanOrEqual(8);
    for (const [path] of closed) {
      const answer = await askWith(server.address, token, path, {});
      expect([path, ...reasonOf(answer)]).toEqual([path, 403, 'SESSION_NEEDED']);
    }
  });

  test('the calls of a batch are judged one by one', async () => {
    const { token } = await make(server.cookie, 'batch', 'viewer');
    const answer = await askWith(server.address, token, 'pools.list,accounts.list,session.get?batch=1&input={}');
    expect(answer.status).toBe(207);
    const [listed, refused, session] = answer.body;
    expect(listed.result.data.pools).toBeInstanceOf(Array);
    expect(refused.error.data.reason).toBe('ROLE_TOO_LOW');
    expect(session.result.data.user).toMatchObject({ email: ADMIN.email, role: 'viewer' });
    const bad = await askWith(server.address, `outgate_${'A'.repeat(43)}`, 'pools.list,session.get?batch=1&input={}');
    expect(reasonOf(bad)).toEqual([401, 'API_TOKEN_REFUSED']);
  });
});

describe('its end', () => {
  test('a revoked and an expired token are refused with the reason, and shown for a while', async () => {
    const { id, token } = await make(server.cookie, 'ends', 'viewer');
    await server.db.query('UPDATE api_token SET last_used_at = now() WHERE id = $1', [id]);
    const revoked = await mutate(server.address, 'apiTokens.revoke', { id }, server.cookie);
    const { revokedAt } = revoked.body.result.data.apiToken;
    const answer = await list(token);
    expect(reasonOf(answer)).toEqual([401, 'API_TOKEN_REFUSED']);
    expect(answer.body.error.message).toBe(`the API token 'ends' was revoked at ${revokedAt}`);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
    // again: nothing changes, and the name is free for another one
    const again = await mutate(server.address, 'apiTokens.revoke', { id }, server.cookie);
    expect(again.body.result.data.apiToken.revokedAt).toBe(revokedAt);
    const next = await make(server.cookie, 'ends', 'viewer');
    await asOwner(`UPDATE api_token SET expires_at = now() - interval '1 second' WHERE id = '${next.id}'`);
    const expired = await list(next.token);
    expect(expired.status).toBe(401);
    expect(expired.body.error.message).toMatch(/^the API token 'ends' expired at \d{4}-/);
    await asOwner(`UPDATE api_token SET revoked_at = now() - interval '91 days' WHERE id = '${id}'`);
    await pruneApiTokens(server.db);
    const left = await server.db.query('SELECT id FROM api_token WHERE name = $1', ['ends']);
    expect(left).toEqual([{ id: next.id }]);
  });

  test('everyone sees and revokes their own, an admin all', async () => {
    const one = await as('viewer', 'one@outgate.example');
    const other = await as('viewer', 'other@outgate.example');
    const { id, token } = await make(one.cookie, 'mine', 'viewer');
    const listed = async (cookie: string): Promise<string[]> =>
      (await query(server.address, 'apiTokens.list', undefined, cookie)).body.result.data.apiTokens.map(
        (each: { id: string }) => each.id,
      );
    expect(await listed(one.cookie)).toEqual([id]);
    expect(await listed(other.cookie)).toEqual([]);
    expect(await listed(server.cookie)).toContain(id);
    expect(reasonOf(await mutate(server.address, 'apiTokens.revoke', { id }, other.cookie))).toEqual([
      404,
      'NOT_FOUND',
    ]);
    expect((await list(token)).status).toBe(200);
    expect((await mutate(server.address, 'apiTokens.revoke', { id }, server.cookie)).status).toBe(200);
    expect((await list(token)).status).toBe(401);
  });

  test('its live stream ends with it: revoked, or expired', async () => {
    const open = async (token: string) => {
      const headers = { authorization: `Bearer ${token}`, accept: 'text/event-stream' };
      const events = await openLines(`${server.address}/api/trpc/events.subscribe`, headers, true);
      await events.next<SseEvent>(({ data }) => data?.kind === 'reset');
      return events;
    };
    const { id, token } = await make(server.cookie, 'follows', 'editor');
    const events = await open(token);
    await createPool(token);
    await events.next<SseEvent>(({ data }) => data?.kind === 'change');
    await mutate(server.address, 'apiTokens.revoke', { id }, server.cookie);
    await events.next<SseEvent>(({ event }) => event === 'return');
    await events.ended;
    const short = await make(server.cookie, 'short', 'viewer');
    await asOwner(`UPDATE api_token SET expires_at = now() + interval '1 second' WHERE id = '${short.id}'`);
    const shortly = await open(short.token);
    await shortly.next<SseEvent>(({ event }) => event === 'return');
    await shortly.ended;
  });
});

test('of the revoked ones of an account the last hundred stay', async () => {
  const { cookie, id } = await as('viewer', 'busy@outgate.example');
  await server.db.query(
    `INSERT INTO api_token (id, name, owner_id, role, hash, revoked_at)
     SELECT 'busy-' || i, 'busy', $1, 'viewer', 'busy-' || i, now() - i * interval '1 minute' FROM generate_series(1, 120) AS i`,
    [id],
  );
  await make(cookie, 'next', 'viewer');
  const { apiTokens } = (await query(server.address, 'apiTokens.list', undefined, cookie)).body.result.data;
  const kept = apiTokens.filter(({ revokedAt }: { revokedAt: string | null }) => revokedAt !== null);
  expect(kept.map((one: { id: string }) => Number(one.id.slice(5))).sort((a: number, b: number) => a - b)).toEqual(
    Array.from({ length: 100 }, (_, i) => i + 1),
  );
  expect(apiTokens).toHaveLength(101);
});

test('the last use is kept to the minute', async () => {
  const { id, token } = await make(server.cookie, 'used', 'viewer');
  const used = async () =>
    (await server.db.query<{ at: Date | null }>('SELECT last_used_at AS at FROM api_token WHERE id = $1', [id]))[0]?.at;
  expect(await used()).toBeNull();
  await Promise.all(Array.from({ length: 5 }, () => list(token)));
  const first = await used();
  expect(first).toBeInstanceOf(Date);
  await list(token);
  expect(await used()).toEqual(first);
  await server.db.query("UPDATE api_token SET last_used_at = last_used_at - interval '61 seconds' WHERE id = $1", [id]);
  await list(token);
  expect((await used())?.getTime()).toBeGreaterThanOrEqual(first?.getTime() ?? 0);
});

test('the application may not change whose a token is, what it may, or when it expires', async () => {
  for (const set of ["role = 'admin'", "owner_id = 'x'", "hash = 'x'", 'expires_at = NULL']) {
    await expect(server.db.query(`UPDATE api_token SET ${set}`)).rejects.toThrow(/permission denied/);
  }
});

const hasCurl = (() => {
  try {
    return execFileSync('curl', ['--version']).length > 0;
  } catch {
    return false;
  }
})();

test.skipIf(!hasCurl)('the lines of the user guide work as they stand', async () => {
  const { token } = await make(server.cookie, 'guide', 'editor');
  const guide = await readFile(join(import.meta.dirname, '../../docs/user-guide.md'), 'utf8');
  const [, lines = ''] = /^## API tokens$.*?^```\n(.*?)^```$/ms.exec(guide) ?? [];
  expect(lines).toContain('curl');
  const script = lines.replaceAll('https://outgate.example', server.address).replace('outgate_...', token);
  const cwd = await mkdtemp(join(tmpdir(), `outgate-guide-${process.pid}-`));
  try {
    const { stdout } = await promisify(execFile)('sh', ['-e', '-c', script], { cwd });
    const [listed, created] = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(listed.result.data.pools).toBeInstanceOf(Array);
    expect(created.result.data.pool.name).toBe('pods');
  } finally {
    await rm(cwd, { recursive: true, force: true });
  }
});

/** What the application itself may not do. */
async function asOwner(sql: string): Promise<void> {
  const { Client } = (await import('pg')).default;
  const client = new Client({ connectionString: server.databaseUrl });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
