import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { editPath, pathAfterLeaving, poolNamed, poolPath } from './paths.ts';

const segmentOf = (path: string): string => path.split('/')[2] ?? '';

it('a pool of any name has a path of its own, and none of a page beside it', () => {
  const pages = readdirSync(new URL('../(shell)/pools', import.meta.url), { withFileTypes: true });
  const beside = pages.flatMap((page) => (page.isDirectory() && !page.name.startsWith('[') ? [page.name] : []));
  expect(beside).toContain('new');
  for (const name of [...beside, 'edit', 'a', 'a.b.c', 'a.rsc', 'a'.repeat(253)]) {
    expect(beside).not.toContain(segmentOf(poolPath(name)));
    expect(poolPath(name)).not.toMatch(/\.rsc$/);
    expect(poolNamed(segmentOf(poolPath(name)))).toBe(name);
    expect(editPath(name)).toBe(`${poolPath(name)}/edit`);
  }
  expect(poolPath('a.b.c')).toBe('/pools/a.b.c');
});

it('a pool that leaves is told of where it is then', () => {
  expect(pathAfterLeaving(12, true)).toBe('/cluster');
  expect(pathAfterLeaving(12, false)).toBe('/pools?decided=12');
});
