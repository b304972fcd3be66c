import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
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
async function hears(status: number, body: string): Promise<{ reason: string | undefined; keeps: boolean }> {
  answer = { status, body };
  const base = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const path = join(dir, 'credential.json');
  writeFileSync(path, JSON.stringify({ server: base.href, node: 'n', credential: 'bought-long-ago' }));
  const input = { base, node: 'n', stateDir: dir, tokenFile: undefined, caFile: undefined, resume: false };
  const source = await serverSource(input);
  const reason = await new Promise<string | undefined>((resolve) =>
    source.start({ state: () => undefined, trouble: (found) => resolve(found?.reason) }),
  );
  await source.stop();
  return { reason, keeps: existsSync(path) };
}

it('only the server itself takes a credential away or says that there is another agent', async () => {
  expect(await hears(401, '<h1>Sign in to the proxy</h1>')).toEqual({ reason: 'ServerAway', keeps: true });
  expect(await hears(409, '<h1>Conflict</h1>')).toEqual({ reason: 'ServerAway', keeps: true });
  expect(await hears(409, refused('NODE_NAME_TAKEN'))).toEqual({ reason: 'TwoAgents', keeps: true });
  expect(await hears(401, refused('AGENT_REFUSED'))).toEqual({ reason: 'ServerAway', keeps: false });
});
