/** The little Markdown that the pages of the codes use: headings, paragraphs, bold and code. */

export interface Block {
  kind: 'h1' | 'h2' | 'p';
  parts: Part[];
}
export interface Part {
  kind: 'text' | 'code' | 'bold';
  text: string;
}

export function readMarkdown(text: string): Block[] {
  return text
    .split(/\n{2,}/)
    .map((each) => each.trim().replace(/\s*\n\s*/g, ' '))
    .filter((each) => each !== '')
    .map((each) => {
      if (each.startsWith('## ')) return { kind: 'h2', parts: partsOf(each.slice(3)) };
      if (each.startsWith('# ')) return { kind: 'h1', parts: partsOf(each.slice(2)) };
      return { kind: 'p', parts: partsOf(each) };
    });
}

function partsOf(text: string): Part[] {
  return text
    .split(/(`[^`]+`|\*\*[^*]+\*\*)/)
    .filter((piece) => piece !== '')
    .map((piece): Part => {
      if (/^`[^`]+`$/.test(piece)) return { kind: 'code', text: piece.slice(1, -1) };
      if (/^\*\*[^*]+\*\*$/.test(piece)) return { kind: 'bold', text: piece.slice(2, -2) };
      return { kind: 'text', text: piece };
    });
}
