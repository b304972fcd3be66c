import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { tokenFileFault } from './account-token.ts';
import { serverSource } from './server.ts';

const refused = (reason: string): string => JSON.stringify({ error: { message: 'no', code: -1, data: { reason } } });
let answer = { status: 200, body: '' };
const server = createServer((_request, response) => response.writeHead(answer.status).end(answer.body));
const dir = mkdtempSync(join(tmpdir(), 'outgate-source-'));
beforeAll(() => once(server.listen(0, '127.0.0.1'), 'listening'));
afterAll(() => {
  server.close();
  rmSync(dir, { recursive: true, force: true });
});

/** What a node with a credential makes of this answer to its stream: what it says of it, and whether it keeps the credential. */
async function hears(
  status: number,
  body: string,
  joinsBy?: string,
  longest?: number,
): Promise<{ reason: string; message: string; keeps: boolean }> {
  answer = { status, body };
  const base = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const path = join(dir, 'credential.json');
  if (joinsBy === undefined)
    writeFileSync(path, JSON.stringify({ server: base.href, node: 'n', credential: 'bought-long-ago' }));
  else rmSync(path, { force: true });
  const input = {
    base,
    node: 'n',
    stateDir: dir,
    tokenFile: joinsBy,
    caFile: undefined,
    resume: false,
    ...(longest && { longest }),
  };
  const source = await serverSource(input);
  const told = await new Promise<{ reason: string; message: string }>((resolve) =>
    source.start({ state: () => undefined, trouble: (found) => found && resolve(found) }),
  );
  await source.stop();
  return { ...told, keeps: existsSync(path) };
}

it('only the server itself takes a credential away or says that there is another agent', async () => {
  expect(await hears(401, '<h1>Sign in to the proxy</h1>')).toMatchObject({ reason: 'ServerAway', keeps: true });
  expect(await hears(409, '<h1>Conflict</h1>')).toMatchObject({ reason: 'ServerAway', keeps: true });
  expect(await hears(409, refused('NODE_NAME_TAKEN'))).toMatchObject({ reason: 'TwoAgents', keeps: true });
  expect(await hears(401, refused('AGENT_REFUSED'))).toMatchObject({ reason: 'TokenRefused', keeps: false });
});

it('a join token that the server refuses is no server that is away', async () => {
  const tokenFile = join(dir, 'token');
  writeFileSync(tokenFile, 'unknown');
  expect(await hears(401, refused('AGENT_REFUSED'), tokenFile)).toMatchObject({ reason: 'TokenRefused' });
  expect(await hears(409, refused('NODE_NAME_TAKEN'), tokenFile)).toMatchObject({ reason: 'TwoAgents' });
  expect(await hears(502, 'Bad Gateway', tokenFile)).toMatchObject({ reason: 'ServerAway' });
});

it('without a token that it may show, no server is away', async () => {
  const gone = join(dir, 'gone');
  expect(await hears(200, '', gone)).toMatchObject({ reason: 'TokenRefused' });
  const claims = { 'kubernetes.io': { node: { name: 'another' } } };
  writeFileSync(
    gone,
    ['{"alg":"x"}', JSON.stringify(claims), 'x'].map((part) => Buffer.from(part).toString('base64url')).join('.'),
  );
  expect(await hears(200, '', gone)).toMatchObject({ reason: 'TokenRefused' });
});

it('what answers without end is not read to its end, and said', async () => {
  const long = 'x'.repeat(100_000);
  const tooLong = { reason: 'ServerAway', message: expect.stringContaining('the answer must be at most 65536 bytes') };
  const tokenFile = join(dir, 'token');
  writeFileSync(tokenFile, 'any');
  expect(await hears(200, long, tokenFile)).toMatchObject(tooLong);
  expect(await hears(503, long)).toMatchObject({ ...tooLong, keeps: true });
  expect(await hears(200, long, undefined, 99_999)).toMatchObject({
    reason: 'StateRefused',
    message: expect.stringContaining('a message must be at most 99999 characters long'),
  });
  expect(await hears(200, `${long.slice(1)}\n`, undefined, 99_999)).toMatchObject({ reason: 'ServerAway' });
});

it('a file that can hold no token is told from one that may', () => {
  const file = join(dir, 'contents');
  const fault = (contents: string | Uint8Array): string | undefined => {
    writeFileSync(file, contents);
    return tokenFileFault(file, 'n');
  };
  expect(fault('a-join-token\n')).toBeUndefined();
  expect(fault(' \n')).toBe(`--token-file: must hold a token, and is empty: '${file}'`);
  expect(fault('x'.repeat(3e6))).toBe(
    `--token-file: must hold a token of at most 16384 bytes, and holds 3000000: '${file}'`,
  );
  for (const chosen of ['a join token that somebody chose', 'the.join-token.of-our-rack'])
    expect(fault(chosen)).toBeUndefined();
  const token = (claims: object) =>
    ['{"alg":"ES256"}', JSON.stringify(claims), 'x'].map((part) => Buffer.from(part).toString('base64url')).join('.');
  expect(fault(token({ 'kubernetes.io': { node: { name: 'n' } } }))).toBeUndefined();
  expect(fault(token({ 'kubernetes.io': { node: { name: 'm' } } }))).toContain("the token is for, 'm': 'n'");
  expect(fault(token({}))).toContain('must be bound to a pod on a node');
  for (const contents of [Uint8Array.of(65, 0, 66), Uint8Array.of(65, 255), 'a\nb'])
    expect(fault(contents)).toBe(`--token-file: must hold a token in one line of text: '${file}'`);
});
