/** Many open answers of lines, and when the next line that is waited for came on each. */
import { type ClientRequest, request } from 'node:http';

export interface ManyStreams {
  /** Resolves with the time (`process.hrtime`) at which each stream had such a line; the line itself is the first one's. */
  all(is: (line: string) => boolean): Promise<{ readonly at: readonly bigint[]; readonly line: string }>;
  /** Resolves when each has had a line. */
  readonly begun: Promise<void>;
  close(): void;
}

/** `headers`: one stream for each. */
export function manyStreams(url: string, headers: readonly Readonly<Record<string, string>>[]): ManyStreams {
  const sent: ClientRequest[] = [];
  const quiet = new Set(headers.keys());
  let begin: () => void = () => {};
  const begun = new Promise<void>((resolve, reject) => {
    begin = resolve;
    for (const [index, own] of headers.entries()) {
      const one = request(url, { agent: false, headers: own }, (answer) => {
        if (answer.statusCode !== 200) reject(new Error(`${url}: ${answer.statusCode}`));
        let rest = '';
        answer.setEncoding('utf8').on('data', (text: string) => {
          const at = process.hrtime.bigint();
          if (!text.includes('\n')) {
            rest += text;
            return;
          }
          const lines = `${rest}${text}`.split('\n');
          rest = lines.pop() ?? '';
          if (quiet.delete(index) && quiet.size === 0) begin();
          for (const line of lines) arrived(index, line, at);
        });
        answer.on('error', () => {}); // it was closed
      });
      one.on('error', () => {}).end();
      sent.push(one);
    }
  });
  let waiting: { is: (line: string) => boolean; at: Map<number, bigint>; done: (line: string) => void } | null = null;
  const arrived = (index: number, line: string, at: bigint): void => {
    if (waiting === null || waiting.at.has(index) || !waiting.is(line)) return;
    waiting.at.set(index, at);
    if (waiting.at.size === headers.length) waiting.done(line);
  };
  return {
    begun,
    all: (is) =>
      new Promise((resolve) => {
        const at = new Map<number, bigint>();
        const done = (line: string): void => {
          waiting = null;
          resolve({ at: [...at.values()], line });
        };
        waiting = { is, at, done };
      }),
    close: () => {
      for (const one of sent) one.destroy();
    },
  };
}
