/** Looks for members of a set by one long-lived `ipset -`: a look costs 0.1 ms, where a process would cost what is measured. */
import type { System } from '../agent/exec.ts';

export interface KernelWatch {
  /** Resolves when the kernel's set has the member, or has it no more; throws after `timeout` milliseconds. */
  until(set: string, member: string, present: boolean, timeout?: number): Promise<void>;
  close(): void;
}

const PAUSE = 1;

export function watchKernel(open: System['open']): KernelWatch {
  const child = open('ipset', ['-']);
  let rest = '';
  let answer: (line: string) => void = () => undefined;
  child.stdin.on('error', () => undefined);
  child.stderr.on('data', (chunk: Buffer) => {
    rest += chunk.toString();
    for (let at = rest.indexOf('\n'); at >= 0; at = rest.indexOf('\n')) {
      answer(rest.slice(0, at));
      rest = rest.slice(at + 1);
    }
  });
  const test = (set: string, member: string): Promise<boolean> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('ipset does not answer')), 2000);
      answer = (line) => {
        const found = /is (NOT )?in set /.exec(line);
        clearTimeout(timer);
        if (found === null) reject(new Error(line));
        else resolve(found[1] === undefined);
      };
      child.stdin.write(`test ${set} ${member}\n`);
    });
  return {
    async until(set, member, present, timeout = 5000) {
      for (const end = Date.now() + timeout; (await test(set, member)) !== present; ) {
        if (Date.now() > end) throw new Error(`${member} ${present ? 'did not come into' : 'did not leave'} ${set}`);
        await new Promise((resolve) => setTimeout(resolve, PAUSE));
      }
    },
    close: () => void child.kill('SIGKILL'),
  };
}
