/** A PostgreSQL that is cut off without a word. */
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../db/testing.ts';
import { type SilentWay, silentWay } from '../testing/silent-way.ts';
import { soon } from '../testing/soon.ts';
import { type Listener, startListener } from './listener.ts';

let database: TestDatabase;
let way: SilentWay;
let listener: Listener | undefined;
const heard: string[] = [];

beforeAll(async () => {
  database = await testDatabase();
  way = await silentWay(database.url);
});
afterEach(async () => {
  await listener?.close();
  heard.length = 0;
});
afterAll(async () => {
  way?.close();
  await database?.close();
});

function listen(): void {
  listener = startListener({
    connectionString: way.url,
    probeMs: 300,
    onNotice: ({ kind }) => heard.push(kind),
    onConnected: () => heard.push('connected'),
    onLost: (reason) => heard.push(`lost: ${reason}`),
  });
}
const hears = (...expected: string[]) => soon(() => expect(heard).toEqual(expected));
const notify = () => database.db.query(`SELECT pg_notify('outgate', '{"kind":"watch"}')`);

it('a cut that nobody tells of is noticed, and told once; what comes after is heard', async () => {
  listen();
  await hears('connected');
  way.cut();
  await notify(); // is lost
  await hears('connected', 'lost: Query read timeout', 'connected');
  await notify();
  await hears('connected', 'lost: Query read timeout', 'connected', 'watch');
  await expect.poll(() => way.open()).toBe(1);
});

it('a cut before it listens is noticed too', async () => {
  way.cutAt('LISTEN');
  listen();
  await hears('connected');
  expect(way.open()).toBe(1);
});

it('it can be closed while nobody answers', async () => {
  listen();
  await hears('connected');
  way.cut();
  await listener?.close();
  expect(listener?.connected()).toBe(false);
  listener = undefined;
});
