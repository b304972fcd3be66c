/**
 * The command line of the agent. Every flag also comes from the environment (`--state-dir` is
 * `OUTGATE_AGENT_STATE_DIR`); the command line wins. All errors are found at once, each with its field and what must hold.
 */
import { hostname } from 'node:os';

export type BackendChoice = 'auto' | 'iptables-nft' | 'iptables-legacy';
export type SourceChoice =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'server'; readonly url: URL };

export interface Flags {
  /** undefined with `cleanup` alone */
  readonly source: SourceChoice | undefined;
  readonly node: string;
  readonly backend: BackendChoice;
  readonly netns: string | undefined;
  readonly task: 'run' | 'once' | 'dry-run' | 'cleanup';
  readonly stateDir: string;
  readonly metrics: { readonly host: string; readonly port: number } | undefined;
  readonly tokenFile: string | undefined;
  readonly caFile: string | undefined;
}
export interface FlagError {
  readonly field: string;
  readonly message: string;
}
export type ParsedFlags =
  | { readonly ok: true; readonly flags: Flags }
  | { readonly ok: false; readonly errors: readonly FlagError[] };

const valued = ['source', 'node', 'mode', 'backend', 'netns', 'state-dir', 'metrics', 'token-file', 'ca-file'] as const;
const switches = ['once', 'dry-run', 'cleanup'] as const;
type Valued = (typeof valued)[number];
type Switch = (typeof switches)[number];

export const usage = `usage: outgate-agent --source server:URL|file:PATH [--node NAME] [--mode enforce]
  [--backend auto|iptables-nft|iptables-legacy] [--netns NAME] [--once | --dry-run | --cleanup]
  [--state-dir DIR] [--metrics HOST:PORT] [--token-file FILE] [--ca-file FILE]`;

export function parseFlags(args: readonly string[], env: Readonly<Record<string, string | undefined>>): ParsedFlags {
  const errors: FlagError[] = [];
  const refuse = (field: string, message: string): undefined => {
    errors.push({ field, message });
  };
  const { values, on } = collect(args, env, refuse);

  const chosen = switches.filter((name) => on.has(name) && !(name === 'once' && on.has('dry-run')));
  if (chosen.length > 1) refuse(`--${chosen[1]}`, `must not stand beside --${chosen[0]}`);
  const task = chosen[0] ?? 'run';
  const source = values.source === undefined ? undefined : parseSource(values.source, refuse);
  if (values.source === undefined && task !== 'cleanup') refuse('--source', 'must be given: server:URL or file:PATH');
  parseMode(values.mode, refuse);
  const flags: Flags = {
    source,
    node: parseNode(values.node ?? hostname(), refuse),
    backend: parseBackend(values.backend, refuse),
    netns: parseNetns(values.netns, refuse),
    task,
    stateDir: values['state-dir'] ?? '/var/lib/outgate-agent',
    metrics: values.metrics === undefined ? undefined : parseMetrics(values.metrics, refuse),
    tokenFile: values['token-file'],
    caFile: values['ca-file'],
  };
  return errors.length > 0 ? { ok: false, errors } : { ok: true, flags };
}

type Refuse = (field: string, message: string) => undefined;

function collect(args: readonly string[], env: Readonly<Record<string, string | undefined>>, refuse: Refuse) {
  const values: Partial<Record<Valued, string>> = {};
  const on = new Set<Switch>();
  for (const name of valued) {
    const value = env[variable(name)];
    if (value !== undefined && value !== '') values[name] = value;
  }
  for (const name of switches) {
    const value = env[variable(name)] ?? '';
    if (value === 'true' || value === '1') on.add(name);
    else if (!['', 'false', '0'].includes(value)) refuse(variable(name), `must be true or false: '${value}'`);
  }
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    const [, name = '', given] = /^--([a-z-]+)(?:=(.*))?$/s.exec(arg) ?? [];
    const valuedName = valued.find((one) => one === name);
    const switchName = switches.find((one) => one === name);
    if (valuedName !== undefined) {
      const value = given ?? (rest[0]?.startsWith('--') ? undefined : rest.shift());
      if (value === undefined || value === '') refuse(`--${name}`, 'must have a value');
      else values[valuedName] = value;
    } else if (switchName !== undefined) {
      if (given === undefined) on.add(switchName);
      else refuse(`--${name}`, `must have no value: '${given}'`);
    } else refuse(arg, 'must be a known flag');
  }
  return { values, on };
}

const variable = (name: string): string => `OUTGATE_AGENT_${name.toUpperCase().replaceAll('-', '_')}`;

function parseSource(text: string, refuse: Refuse): SourceChoice | undefined {
  const colon = text.indexOf(':');
  const rest = text.slice(colon + 1);
  if (text.startsWith('file:') && rest !== '') return { kind: 'file', path: rest };
  if (text.startsWith('server:')) {
    const url = URL.canParse(rest) ? new URL(rest) : undefined;
    if (url?.protocol === 'http:' || url?.protocol === 'https:') return { kind: 'server', url };
    return refuse('--source', `server must be an http or https URL: '${rest}'`);
  }
  return refuse('--source', `must be server:URL or file:PATH: '${text}'`);
}

function parseMode(text: string | undefined, refuse: Refuse): void {
  if (text === 'observe') refuse('--mode', 'observe does not exist in this version: only enforce does');
  else if (text !== undefined && text !== 'enforce') refuse('--mode', `must be enforce: '${text}'`);
}

function parseBackend(text: string | undefined, refuse: Refuse): BackendChoice {
  if (text === undefined || text === 'auto' || text === 'iptables-nft' || text === 'iptables-legacy') {
    return text ?? 'auto';
  }
  const known = 'auto, iptables-nft or iptables-legacy';
  if (text === 'nftables') refuse('--backend', `nftables does not exist in this version: it must be ${known}`);
  else refuse('--backend', `must be ${known}: '${text}'`);
  return 'auto';
}

function parseNode(text: string, refuse: Refuse): string {
  if (text.length > 253 || !/^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/.test(text)) {
    refuse('--node', `must be a node name of letters, digits, '-', '.' and '_', at most 253 characters: '${text}'`);
  }
  return text;
}

function parseNetns(text: string | undefined, refuse: Refuse): string | undefined {
  if (text === undefined || /^[A-Za-z0-9_][A-Za-z0-9._-]{0,254}$/.test(text)) return text;
  return refuse('--netns', `must be the name of a network namespace: '${text}'`);
}

function parseMetrics(text: string, refuse: Refuse): Flags['metrics'] {
  const [, v6, plain, digits] = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]*)):(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (digits !== undefined && port <= 65535) return { host: (v6 ?? plain) || '0.0.0.0', port };
  return refuse('--metrics', `must be HOST:PORT with a port from 0 to 65535: '${text}'`);
}
