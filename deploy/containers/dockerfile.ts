/** Reads a Dockerfile of ours: the instructions of each stage, with what the tests need of them. */

export type Instruction =
  | { readonly kind: 'from'; readonly image: string; readonly stage: string }
  | {
      readonly kind: 'copy';
      readonly from: string | null;
      readonly sources: readonly string[];
      readonly target: string;
    }
  | { readonly kind: 'run'; readonly command: string }
  | { readonly kind: 'env'; readonly values: Readonly<Record<string, string>> }
  | { readonly kind: 'start'; readonly words: readonly string[] }
  | { readonly kind: 'other'; readonly name: string; readonly rest: string };

/** Throws for anything but single-line instructions with CMD and ENTRYPOINT as JSON: that is all our files use. */
export function parseDockerfile(text: string): Instruction[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
  return lines.map((line) => {
    const [, name = '', rest = ''] = /^([A-Z]+) (.*)$/.exec(line) ?? [];
    const read = readers[name];
    if (name === '' || rest.endsWith('\\')) throw new Error(`one instruction a line: ${line}`);
    return read === undefined ? { kind: 'other', name, rest } : read(rest);
  });
}

const readers: Readonly<Record<string, (rest: string) => Instruction>> = {
  FROM(rest) {
    const [image = '', , stage = 'final'] = rest.split(' ');
    return { kind: 'from', image, stage };
  },
  COPY(rest) {
    const words = rest.split(' ');
    const from = words[0]?.startsWith('--from=') ? (words.shift()?.slice('--from='.length) ?? null) : null;
    return { kind: 'copy', from, sources: words.slice(0, -1), target: words.at(-1) ?? '' };
  },
  RUN: (command) => ({ kind: 'run', command }),
  ENV: (rest) => ({ kind: 'env', values: Object.fromEntries(rest.split(' ').map((pair) => pair.split(/=(.*)/s, 2))) }),
  CMD: (rest) => ({ kind: 'start', words: JSON.parse(rest) }),
  ENTRYPOINT: (rest) => ({ kind: 'start', words: JSON.parse(rest) }),
};
