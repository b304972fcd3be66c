/**
 * One long-lived `ipset -`: a change of one member costs no process start (2-4 ms) but one line and its answer (0.1 ms).
 *
 * Each change is followed by `test` of the same member, whose one line on stderr is the acknowledgement; errors come on
 * stderr before it. It is thrown away when it dies, errs or is silent, and the caller does the change the long way: the
 * pipe is an accelerator, read-back stays the truth. Its prompts go to /dev/null (unread they would fill a pipe and block).
 */
import type { LongLived, System } from '../../exec.ts';

export interface Change {
  readonly command: 'add' | 'del';
  readonly set: string;
  readonly member: string;
}
export interface IpsetPipe {
  /** True when the kernel acknowledged every change. */
  send(changes: readonly Change[]): Promise<boolean>;
  close(): void;
}

const ANSWER_TIMEOUT = 2000;

export function openIpsetPipe(open: System['open']): IpsetPipe {
  let child: LongLived | undefined;
  let waiting: ((line: string | undefined) => void) | undefined;
  let rest = '';

  const end = (): void => {
    child?.kill('SIGKILL');
    child = undefined;
    rest = '';
    waiting?.(undefined);
  };
  const start = (): LongLived => {
    const started = open('ipset', ['-']);
    const mine = (act: () => void) => () => {
      if (child === started) act();
    };
    started.on('error', mine(end));
    started.on('exit', mine(end));
    started.stdin.on('error', mine(end));
    started.stderr.on('data', (chunk: Buffer) => {
      if (child !== started) return;
      rest += chunk.toString();
      for (let at = rest.indexOf('\n'); at >= 0; at = rest.indexOf('\n')) {
        const line = rest.slice(0, at);
        rest = rest.slice(at + 1);
        waiting?.(line);
      }
    });
    return started;
  };

  return {
    async send(changes) {
      if (changes.length === 0) return true;
      child ??= start();
      const answers = collect(changes, (listener) => {
        waiting = listener;
      });
      child.stdin.write(changes.map(lineOf).join(''));
      const good = await answers;
      waiting = undefined;
      // whatever still comes would be taken for answers to the next changes
      if (!good) end();
      return good;
    },
    close: end,
  };
}

const lineOf = ({ command, set, member }: Change): string => `${command} ${set} ${member}\ntest ${set} ${member}\n`;

/** False on the first line that is not the expected answer, when the process dies, and when it is silent. */
function collect(
  changes: readonly Change[],
  listen: (listener: (line: string | undefined) => void) => void,
): Promise<boolean> {
  return new Promise((resolve) => {
    const finish = (result: boolean): void => {
      clearTimeout(timer);
      resolve(result);
    };
    const timer = setTimeout(() => finish(false), ANSWER_TIMEOUT);
    let at = 0;
    listen((line) => {
      const change = changes[at];
      if (change === undefined) return;
      if (line === undefined || !confirms(line, change)) return finish(false);
      if (++at === changes.length) finish(true);
    });
  });
}

function confirms(line: string, { command, member }: Change): boolean {
  const answer = /(?:^|: )(\S+) is (NOT )?in set /.exec(line);
  if (answer === null) return false;
  // a single address is also found in a wider member: that its `del` gave no error is the proof
  const single = command === 'del' && member.endsWith(member.includes(':') ? '/128' : '/32');
  return single || (answer[2] === undefined) === (command === 'add');
}
