import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { silentWay } from '../testing/silent-way.ts';
import { type Database, openDatabase, type Queryable } from './client.ts';
import { type TestDatabase, testDatabase } from './testing.ts';

let database: TestDatabase;
let db: Database;
const heard: string[] = [];
beforeAll(async () => {
  database = await testDatabase();
  db = openDatabase({ url: database.db.url, onError: (error) => heard.push(error.message) });
});
afterAll(async () => {
  await db?.close();
  await database?.close();
});

test('an error of PostgreSQL says who asked', async () => {
  const asks = async (on: Queryable): Promise<unknown> => await on.query('SELECT 1/0');
  const here = expect.stringContaining('client.test.ts');
  await expect(asks(db)).rejects.toMatchObject({ message: 'division by zero', code: '22012', stack: here });
  await expect(db.together(asks)).rejects.toMatchObject({ stack: here });
});

test('a connection lost between two queries of a transaction fails that transaction, not the process', async () => {
  const owner = new pg.Client({ connectionString: database.db.url });
  await owner.connect();
  const lost = db.transaction(async (tx) => {
    const [row] = await tx.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    await owner.query('SELECT pg_terminate_backend($1)', [row?.pid]);
    await delay(200);
    await tx.query('SELECT 1');
  });
  await expect(lost).rejects.toThrow();
  await owner.end();
  expect(heard).toContain('terminating connection due to administrator command');
  expect(await db.query('SELECT 1 AS n')).toEqual([{ n: 1 }]);
});

test('a database that is cut off without a word fails what was asked, and is asked anew by other connections', async () => {
  const way = await silentWay(database.url);
  const through = openDatabase({ url: way.url, connections: 2, patienceMs: 500 });
  try {
    const [lost] = await Promise.allSettled([
      through.transaction(async (tx) => {
        await tx.query('SELECT 1');
        way.cut();
        await tx.query('SELECT 2');
      }),
    ]);
    expect(lost).toMatchObject({ status: 'rejected', reason: { message: 'Query read timeout' } });
    await Promise.all([1, 2].map(() => through.query('SELECT 1')));
    way.cut();
    const all = [through.query('SELECT 1'), through.prisma.pool.count()];
    expect((await Promise.allSettled(all)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await through.query('SELECT 1 AS n')).toEqual([{ n: 1 }]);
    expect(await through.prisma.pool.count()).toBe(0);
  } finally {
    await through.close();
    way.close();
  }
});

test('what a transaction asks for together runs in its order, and all of it is rolled back when one part fails', async () => {
  const one = openDatabase({ url: database.url, connections: 1 });
  const name = 'together';
  const rowsOf = () => one.query(`SELECT name FROM sync WHERE name = '${name}'`);
  const insert = `INSERT INTO sync (name) VALUES ('${name}')`;
  const move = (tx: Queryable) =>
    tx.query(`UPDATE sync SET reason = 'x' WHERE name = $1 RETURNING reason`, [name], 'moved');
  try {
    const failed = one.transaction((tx) =>
      Promise.all([tx.query(insert), tx.query('SELECT 1 / 0'), move(tx), tx.query(insert)]),
    );
    await expect(failed).rejects.toThrow('division by zero');
    expect(await rowsOf()).toEqual([]);
    // who gives up waits for nothing: what was asked for is rolled back all the same
    const givenUp = one.transaction(async (tx) => {
      tx.query(insert).catch(() => {});
      throw new Error('given up');
    });
    await expect(givenUp).rejects.toThrow('given up');
    expect(await rowsOf()).toEqual([]);
    const seen = await one.transaction((tx) =>
      Promise.all([
        tx.query(insert),
        move(tx), // what could not be prepared then is prepared now
        tx.query(`DELETE FROM sync WHERE name = $1 RETURNING reason`, [name]),
      ]),
    );
    expect(seen).toEqual([[], [{ reason: 'x' }], [{ reason: 'x' }]]);
  } finally {
    await one.close();
  }
});

test('what is asked for together outside of a transaction fails by itself', async () => {
  const asked = await db.together((on) =>
    Promise.allSettled([
      on.query('SELECT 1 AS n'),
      on.query('SELECT 1 / 0'),
      on.query('SELECT pg_backend_pid() AS pid'),
    ]),
  );
  expect(asked.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});

test('what is under way still when something asked for beside it fails does not meet whoever comes next', async () => {
  const one = openDatabase({ url: database.url, connections: 1 });
  const name = 'next';
  let stray: Promise<unknown> | undefined;
  try {
    const failed = one.together((on) => {
      stray = on.query('SELECT pg_sleep(0.2)').then(() => on.query('SELECT 1 / 0'));
      stray.catch(() => {});
      return Promise.all([Promise.reject(new Error('given up')), stray]);
    });
    await expect(failed).rejects.toThrow('given up');
    await one.transaction(async (tx) => {
      await tx.query(`INSERT INTO sync (name) VALUES ('${name}')`);
      await stray?.catch(() => {});
    });
    expect(await one.query(`SELECT name FROM sync WHERE name = '${name}'`)).toEqual([{ name }]);
  } finally {
    await one.close();
  }
});

test('what a failed transaction asks for late does not run, and one of which a statement failed does not count as done', async () => {
  const one = openDatabase({ url: database.url, connections: 1 });
  const name = 'late';
  const insert = `INSERT INTO sync (name) VALUES ('${name}')`;
  let late: Promise<unknown> | undefined;
  try {
    const failed = one.transaction((tx) => {
      late = tx.query('SELECT pg_sleep(0.2)').then(() => tx.query(insert));
      return Promise.all([Promise.reject(new Error('given up')), late]);
    });
    await expect(failed).rejects.toThrow('given up');
    await expect(late).rejects.toThrow('the transaction is over');
    const unminded = one.transaction(async (tx) => {
      await tx.query(insert);
      await tx.query('SELECT 1 / 0').catch(() => {});
    });
    await expect(unminded).rejects.toThrow('nothing was committed');
    expect(await one.query(`SELECT name FROM sync WHERE name = '${name}'`)).toEqual([]);
  } finally {
    await one.close();
  }
});
