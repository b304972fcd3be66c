import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { labJoinToken } from './lab.ts';
import { pathsIn } from './paths.ts';

const dir = mkdtempSync(join(tmpdir(), `outgate-lab-token-${process.pid}-`));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

test('the join token is made once, for its owner alone, and anew when only a part of it was written', () => {
  const paths = pathsIn(dir);
  const token = labJoinToken(paths);
  expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
  expect(statSync(paths.joinToken).mode & 0o777).toBe(0o600);
  expect(labJoinToken(paths)).toBe(token);
  for (const rest of ['', token.slice(0, 20)]) {
    writeFileSync(paths.joinToken, rest);
    const again = labJoinToken(paths);
    expect(again).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(again).not.toBe(token);
    expect(readFileSync(paths.joinToken, 'utf8')).toBe(`${again}\n`);
  }
});
