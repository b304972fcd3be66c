/** `outgate simulate`: what happens to one connection and why, or to a stream of them. */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { settingsFor } from '../core/nat/settings.ts';
import { makeDecider, simulate } from '../core/nat/simulate.ts';
import { type Answer, type Flow, flowStates } from '../core/nat/verdict.ts';
import { quote } from '../core/net/quote.ts';
import { oneOf, readArgs } from './args.ts';
import { type Command, InputError, type Io, UsageError, withJsonErrors, write } from './command.ts';
import { readNode } from './read-node.ts';
import { readState } from './read-state.ts';
import { streamFlows } from './stream-flows.ts';

const flags = {
  file: { type: 'string', short: 'f', multiple: true },
  from: { type: 'string' },
  to: { type: 'string' },
  proto: { type: 'string' },
  port: { type: 'string' },
  sport: { type: 'string' },
  'out-interface': { type: 'string' },
  'resolved-to': { type: 'string' },
  state: { type: 'string' },
  node: { type: 'string' },
  flows: { type: 'string' },
  output: { type: 'string', short: 'o' },
} as const;
type Given = { readonly [F in keyof typeof flags]?: string | string[] } & { file?: string[] };

export const command: Command = {
  summary: 'Say whether a connection is NATed, to which address, and why.',
  usage: [
    'outgate simulate -f FILE... --from IP --to IP[:PORT] [--proto tcp|udp|icmp|sctp|gre|N] [--port N] [--sport N]',
    '         [--out-interface IF] [--resolved-to IP] [--state new|established|invalid|untracked] [--node FILE] [-o text|json]',
    '       outgate simulate -f FILE... [--node FILE] --flows FLOWS.jsonl [-o jsonl]',
  ].join('\n'),
  run,
};

async function run(args: readonly string[], io: Io): Promise<number> {
  const given = readArgs(args, flags).flags;
  const flow = given.flows === undefined ? readFlowFlags(given) : undefined;
  if (given.flows === '-' && given.file?.includes('-'))
    throw new UsageError('-f and --flows must not both be - (stdin)');
  if (flow === undefined) refuseFlowFlags(given);
  const output =
    flow === undefined
      ? oneOf('output', given.output ?? 'jsonl', ['jsonl'])
      : oneOf('output', given.output ?? 'text', ['text', 'json']);
  const answer = async (): Promise<number> => {
    const state = await readState(given.file, io);
    const node = await readNode(given.node, state);
    const settings = settingsFor(state.settings, node.name);
    if (settings.natOutgoingExclusions === 'IPPoolsAndHostIPs' && state.hosts.length === 0) {
      await write(
        io.stderr,
        'natOutgoingExclusions is IPPoolsAndHostIPs, but no Node object says which addresses are nodes\n',
      );
    }
    const decider = makeDecider({ pools: state.pools, settings, hosts: state.hosts });
    if (flow === undefined) return streamFlows(await input(given.flows ?? '-', io), io.stdout, decider, node.facts);
    const judged = simulate(decider, flow, node.facts);
    if (!judged.ok)
      throw new UsageError(judged.errors.map(({ field, message }) => `${flagOf(field)}: ${message}`).join('\n'));
    await write(io.stdout, output === 'json' ? `${JSON.stringify(judged.value)}\n` : asText(judged.value));
    return 0;
  };
  return output === 'json' ? withJsonErrors(io, {}, answer) : answer();
}

/** Flags of the flow, by the field they fill. */
const flowFlags = {
  from: 'from',
  to: 'to',
  proto: 'proto',
  port: 'port',
  sport: 'sport',
  outInterface: 'out-interface',
  resolvedTo: 'resolved-to',
  state: 'state',
} as const;

const flagOf = (field: string): string =>
  `--${field in flowFlags ? flowFlags[field as keyof typeof flowFlags] : field}`;

function readFlowFlags(given: Given): Flow {
  const problems: string[] = [];
  const text = (flag: keyof typeof flags): string | undefined => {
    const value = given[flag];
    return typeof value === 'string' ? value : undefined;
  };
  const number = (flag: 'port' | 'sport'): number | undefined => {
    const value = text(flag);
    if (value === undefined || /^(0|[1-9]\d{0,4})$/.test(value)) return value === undefined ? undefined : Number(value);
    problems.push(`--${flag}: ${flag} must be a number from 0 to 65535: ${quote(value)}`);
    return undefined;
  };
  for (const flag of ['from', 'to'] as const)
    if (text(flag) === undefined) problems.push(`--${flag} must be given, or --flows`);
  const state = flowStates.find((one) => one === text('state'));
  if (state === undefined && text('state') !== undefined) {
    problems.push(`--state must be one of ${flowStates.join(', ')}: ${quote(text('state'))}`);
  }
  const fields = {
    from: text('from') ?? '',
    to: text('to') ?? '',
    proto: text('proto'),
    port: number('port'),
    sport: number('sport'),
    resolvedTo: text('resolved-to'),
    outInterface: text('out-interface'),
    state,
  };
  if (problems.length > 0) throw new UsageError(problems.join('\n'));
  const { from, to, ...rest } = fields;
  return { from, to, ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)) };
}

function refuseFlowFlags(given: Given): void {
  const extra = Object.values(flowFlags).filter((flag) => given[flag] !== undefined);
  if (extra.length > 0)
    throw new UsageError(`${extra.map((flag) => `--${flag}`).join(', ')} must not be given with --flows`);
}

async function input(path: string, io: Io): Promise<Readable> {
  if (path === '-') return io.stdin;
  try {
    const file = await open(path);
    if ((await file.stat()).isDirectory()) throw new Error('must be a file, not a directory');
    return createReadStream(path, { fd: file });
  } catch (error) {
    const reason =
      error instanceof Error && 'code' in error && error.code === 'ENOENT'
        ? 'file must exist'
        : error instanceof Error
          ? error.message
          : '';
    throw new InputError(`${path}: ${reason}`);
  }
}

function asText({ verdict, code, source, steps }: Answer): string {
  const parts = [
    ...(source.address === null ? [] : [`source ${source.address}`]),
    ...(source.interface === null ? [] : [`by ${source.interface}`]),
    ...(source.ports === null ? [] : [`ports ${source.ports.join('-')}`]),
  ];
  const head = `${verdict}  ${code}${parts.length > 0 ? `  ${parts.join(', ')}` : ''}`;
  return `${[head, ...steps.map(({ text }, i) => `  ${i + 1}. ${text}`)].join('\n')}\n`;
}
