import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeThread, type Thread } from './thread.ts';

let dir: string;
let thread: Thread<string, string>;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), `outgate-thread-${process.pid}-`));
  const entry = join(dir, 'entry.mjs');
  await writeFile(
    entry,
    `import { parentPort } from 'node:worker_threads';
     parentPort.on('message', (text) => {
       if (text === 'throw') throw new Error('as asked');
       if (text === 'exit') process.exit(3);
       parentPort.postMessage(text.toUpperCase());
     });`,
  );
  thread = makeThread<string, string>(pathToFileURL(entry), 4);
});
afterAll(() => rm(dir, { recursive: true, force: true }));

test('calls are answered in their order, and more than may wait are refused', async () => {
  const texts = ['a', 'b', 'c', 'd', 'e'];
  const answers = await Promise.allSettled(texts.map((text) => thread.run(text)));
  expect(answers.map((one) => (one.status === 'fulfilled' ? one.value : one.reason.reason))).toEqual([
    'A',
    'B',
    'C',
    'D',
    'TOO_MANY_ATTEMPTS',
  ]);
});

test('a thread that breaks fails who waits for it, and the next call has a new one', async () => {
  for (const how of ['throw', 'exit']) {
    const [broken, behind] = await Promise.allSettled([thread.run(how), thread.run('x')]);
    expect([broken.status, behind.status]).toEqual(['rejected', 'rejected']);
    expect(await thread.run('again')).toBe('AGAIN');
  }
});
