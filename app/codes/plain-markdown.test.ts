import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { verdictCodes } from '../../core/nat/verdict.ts';
import { readMarkdown } from './plain-markdown.ts';

const docs = join(import.meta.dirname, '../../docs/codes');

it('reads headings, paragraphs, bold and code', () => {
  expect(readMarkdown('# A\n\nVerdict: **SNAT**.\nUse `x`.\n\n## B')).toEqual([
    { kind: 'h1', parts: [{ kind: 'text', text: 'A' }] },
    {
      kind: 'p',
      parts: [
        { kind: 'text', text: 'Verdict: ' },
        { kind: 'bold', text: 'SNAT' },
        { kind: 'text', text: '. Use ' },
        { kind: 'code', text: 'x' },
        { kind: 'text', text: '.' },
      ],
    },
    { kind: 'h2', parts: [{ kind: 'text', text: 'B' }] },
  ]);
});

it('each code has a page, and no page uses what the reader does not know', () => {
  expect(readdirSync(docs).sort()).toEqual(verdictCodes.map((code) => `${code}.md`).sort());
  for (const code of verdictCodes) {
    const text = readFileSync(join(docs, `${code}.md`), 'utf8');
    expect(text, code).not.toMatch(/^([-*>|]|\d+\.|```|#{3})|\]\(|!\[/m);
    expect(readMarkdown(text)[0]).toEqual({ kind: 'h1', parts: [{ kind: 'text', text: code }] });
  }
});
