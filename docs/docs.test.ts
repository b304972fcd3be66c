import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { syncReasons, syncStates } from '../core/cluster/sync-state.ts';
import { verdictCodes, verdicts } from '../core/nat/verdict.ts';
import { errorReasons, nodeReasons, nodeStates } from '../core/wire/reasons.ts';
import { readEnvironment } from '../server/env.ts';

const ROOT = join(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const pages = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md'].concat(
  readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file}`),
);

describe('every code has its page, and every page its code', () => {
  test('verdict codes', () => {
    expect(readdirSync(join(ROOT, 'docs/codes')).sort()).toEqual(verdictCodes.map((code) => `${code}.md`).sort());
    for (const code of verdictCodes) {
      const page = read(`docs/codes/${code}.md`);
      const verdict = verdicts.find((one) => code.startsWith(one));
      expect(page.startsWith(`# ${code}\n\nVerdict: **${verdict}**.`), code).toBe(true);
      for (const heading of ['## Why', '## What you can do']) expect(page, code).toContain(heading);
    }
  });

  test('states and reasons', () => {
    const named = [...read('docs/reasons.md').matchAll(/^\| `(\w+)` \|/gm)].map(([, word]) => word);
    expect(named).toEqual([...nodeStates, ...nodeReasons, ...syncStates, ...syncReasons, ...errorReasons]);
  });
});

describe('what the pages say exists', () => {
  test('links lead somewhere', () => {
    for (const page of pages) {
      for (const [, target = ''] of read(page).matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)) {
        if (!target.includes('://'))
          expect(existsSync(join(ROOT, dirname(page), target)), `${page}: ${target}`).toBe(true);
      }
    }
  });

  test('decisions have a number each, and it is that of their heading', () => {
    const numbers = readdirSync(join(ROOT, 'docs/decisions')).map((file) => {
      const number = file.slice(0, 4);
      expect(read(`docs/decisions/${file}`), file).toMatch(new RegExp(`^# ${Number(number)}\\. `));
      return number;
    });
    expect(numbers).toEqual([...new Set(numbers)]);
  });

  test('npm scripts are there', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    for (const page of pages) {
      for (const [, name = ''] of read(page).matchAll(/npm run (?:-s )?([a-z]+)/g))
        expect(scripts, page).toHaveProperty(name);
    }
  });

  test('defaults of the environment are those of the program', () => {
    const environment = readEnvironment({});
    const text = read('docs/operations.md');
    if (!environment.ok) throw new Error(environment.errors.join());
    const { listen, logLevel } = environment.value;
    expect(text).toContain(`| \`OUTGATE_LISTEN\` | \`${listen.host}:${listen.port}\` |`);
    expect(text).toContain(`| \`LOG_LEVEL\` | \`${logLevel}\` |`);
    expect(environment.value.dataDir).toBe(join(process.cwd(), '.outgate'));
  });
});
