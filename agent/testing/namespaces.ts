/** Network namespaces for kernel tests, with names of this process, gone with everything in them when it ends, however. */
import { execFileSync, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { removeWithUs } from './remove-with-us.ts';

const PACKETS = fileURLToPath(new URL('packets.pl', import.meta.url));

/** Kernel tests need root, and the tools; elsewhere they are skipped with this message. */
export const cannotRun: string | null = process.getuid?.() === 0 ? null : 'kernel tests need root';

export interface Namespace {
  readonly name: string;
  /** Runs a command line (words split at spaces) inside; returns its stdout, throws when it fails. */
  run(line: string, stdin?: string): string;
  /** Exit code 0 or not. */
  tries(line: string): boolean;
  /** `packets.pl ...` to its end. */
  packets(...args: string[]): void;
  /** `packets.pl ...` that stays; resolves when it is ready. */
  start(...args: string[]): Promise<Talker>;
  remove(): void;
}
/** A program whose lines are read as they come. */
export interface Talker {
  readonly lines: string[];
  say(line: string): void;
  /** Resolves with the first line not yet taken that fits, undefined after the time (ms). */
  next(fits: (line: string) => boolean, timeout?: number): Promise<string | undefined>;
  stop(): void;
}

let counter = 0;

export function namespace(title: string): Namespace {
  const name = `ogt-${process.pid}-${counter++}-${title}`;
  removeWithUs(name);
  execFileSync('ip', ['netns', 'add', name]);
  const talkers: Talker[] = [];
  const inside = (words: readonly string[]): string[] => [`--net=/run/netns/${name}`, '--', ...words];
  const run = (words: readonly string[], stdin = ''): string =>
    execFileSync('nsenter', inside(words), {
      encoding: 'utf8',
      input: stdin,
      stdio: ['pipe', 'pipe', 'pipe'],
      maxBuffer: 1e9,
    });
  run(['ip', 'link', 'set', 'lo', 'up']);
  const settings = [
    ...['net.ipv4.ip_forward=1', 'net.ipv6.conf.all.forwarding=1', 'net.ipv4.conf.all.rp_filter=0'],
    ...['net.ipv4.conf.default.rp_filter=0', 'net.ipv6.conf.default.accept_dad=0', 'net.ipv6.conf.all.accept_dad=0'],
    ...['net.ipv4.conf.all.send_redirects=0', 'net.ipv4.conf.default.send_redirects=0'],
  ];
  for (const one of settings) {
    const [key = '', value = ''] = one.split('=');
    run(['tee', `/proc/sys/${key.replaceAll('.', '/')}`], value);
  }
  return {
    name,
    run: (line, stdin) => run(line.split(' '), stdin),
    tries(line) {
      try {
        run(line.split(' '));
        return true;
      } catch {
        return false;
      }
    },
    packets: (...args) => void run(['perl', PACKETS, ...args]),
    async start(...args) {
      const talker = await startTalker(inside(['perl', PACKETS, ...args]));
      talkers.push(talker);
      return talker;
    },
    remove() {
      for (const talker of talkers) talker.stop();
      execFileSync('ip', ['netns', 'delete', name]);
    },
  };
}

/** A veth pair: `device` in `one`, `peer` in `other`, both up. */
export function link(one: Namespace, device: string, other: Namespace, peer: string): void {
  execFileSync('ip', [
    'link',
    'add',
    device,
    'netns',
    one.name,
    'type',
    'veth',
    'peer',
    'name',
    peer,
    'netns',
    other.name,
  ]);
  one.run(`ip link set ${device} up`);
  other.run(`ip link set ${peer} up`);
}

async function startTalker(command: string[]): Promise<Talker> {
  const child = spawn('nsenter', command, { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.on('error', () => undefined);
  const lines: string[] = [];
  let taken = 0;
  let wake: () => void = () => undefined;
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    wake();
  });
  const talker: Talker = {
    lines,
    say: (line) => void child.stdin.write(`${line}\n`),
    async next(fits, timeout = 15_000) {
      const end = Date.now() + timeout;
      for (;;) {
        for (; taken < lines.length; taken++) {
          const line = lines[taken];
          if (line !== undefined && fits(line)) {
            taken++;
            return line;
          }
        }
        const left = end - Date.now();
        if (left <= 0) return undefined;
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, left);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
    },
    stop: () => void child.kill('SIGKILL'),
  };
  const first = await talker.next(() => true, 30_000);
  if (first !== 'ready' && first !== 'closed') throw new Error(`${command.join(' ')} did not start: ${first}`);
  return talker;
}
