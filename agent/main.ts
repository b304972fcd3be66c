/** The node agent. Exit codes: 0 as asked, 1 not programmed (or not cleaned), 2 unusable configuration, nothing written. */
import { statSync } from 'node:fs';
import { conditionList } from './conditions.ts';
import type { Unavailable } from './dataplane/driver.ts';
import { detectBackend } from './dataplane/iptables/detect.ts';
import { iptablesDataplane } from './dataplane/iptables/driver.ts';
import { systemIn } from './exec.ts';
import { type Flags, parseFlags, usage } from './flags.ts';
import { saveMemory } from './frugal.ts';
import { stateDirFault } from './kept.ts';
import { agentMetrics } from './metrics.ts';
import { readNodeFacts } from './node-facts.ts';
import { programmedRecord } from './programmed-record.ts';
import { runDaemon } from './run-daemon.ts';
import { runDry, runOnce } from './run-once.ts';
import type { Setup } from './setup.ts';
import { tokenFileFault } from './source/account-token.ts';
import { hasCredential } from './source/credential.ts';

const UNUSABLE = 2;

async function main(): Promise<number> {
  const parsed = parseFlags(process.argv.slice(2), process.env);
  if (!parsed.ok) return refuse([...parsed.errors.map(({ field, message }) => `${field}: ${message}`), usage]);
  const { flags } = parsed;
  const unusable = [...checkFiles(flags), ...(await checkIdentity(flags))];
  if (unusable.length > 0) return refuse(unusable);
  const system = systemIn(flags.netns);
  if (flags.task === 'cleanup') return cleanup(flags);
  // a dry run keeps nothing
  const fault = flags.task === 'dry-run' ? undefined : stateDirFault(flags.stateDir);
  if (fault !== undefined) return refuse([fault]);

  const detected = await detectBackend(system.exec, flags.backend);
  if (!detected.ok) return refuse([unavailable(detected.error)]);
  const { backend, both } = detected.value;
  const conditions = conditionList(() => new Date().toISOString());
  if (both !== null) conditions.set('BothBackends', 'True', 'BothBackendsActive', both);
  const setup: Setup = {
    flags,
    conditions,
    dataplane: iptablesDataplane(system, backend, process.pid),
    metrics: agentMetrics(flags.node, backend),
    record: programmedRecord(flags.stateDir, flags.netns),
    facts: () => readNodeFacts(system.exec, flags.node),
  };
  if (flags.task === 'dry-run') return runDry(setup);
  return flags.task === 'once' ? runOnce(setup) : runDaemon(setup);
}

async function cleanup({ netns }: Flags): Promise<number> {
  const system = systemIn(netns);
  const { removed, failures } = await iptablesDataplane(system, 'iptables-nft', process.pid).cleanup();
  for (const line of removed) process.stderr.write(`removed ${line}\n`);
  for (const line of failures) process.stderr.write(`could not remove ${line}\n`);
  return failures.length > 0 ? 1 : 0;
}

function checkFiles({ source, netns, tokenFile, caFile, node, task }: Flags): string[] {
  const wrong: string[] = [];
  const need = (flag: string, path: string | undefined, what: string): void => {
    const found = path === undefined ? undefined : statSync(path, { throwIfNoEntry: false });
    if (path !== undefined && (found === undefined || found.isDirectory()))
      wrong.push(`${flag}: must name ${what} that exists: '${path}'`);
  };
  need('--netns', netns === undefined ? undefined : `/run/netns/${netns}`, 'a network namespace');
  need('--token-file', tokenFile, 'a file');
  need('--ca-file', caFile, 'a file');
  const manifests = source?.kind === 'file' ? statSync(source.path, { throwIfNoEntry: false }) : undefined;
  if (source?.kind === 'file' && manifests?.isFile() === false && !manifests.isDirectory())
    wrong.push(`--source: must name a regular file or a directory: '${source.path}'`);
  if (tokenFile === undefined || task === 'cleanup' || wrong.length > 0) return wrong;
  const fault = tokenFileFault(tokenFile, node);
  return fault === undefined ? [] : [fault];
}

/**
 * Without either the server can never be asked: the operator learns it at once, not from a log of attempts. But a node that lost its
 * credential (the server refused it once) keeps NAT as it was over a reboot: then the last good state is there, and the condition
 * Source says what is missing.
 */
async function checkIdentity({ source, task, tokenFile, stateDir, node }: Flags): Promise<string[]> {
  if (source?.kind !== 'server' || task === 'cleanup' || tokenFile !== undefined) return [];
  if (hasCredential(stateDir, source.url.href, node)) return [];
  const { openJournal } = await import('./source/journal.ts');
  if (openJournal(stateDir, () => undefined).load() !== undefined) return [];
  const why = `node '${node}' has no credential for ${source.url.href} in '${stateDir}'`;
  return [`--token-file: must name a file with a join token: ${why}`];
}

function refuse(lines: readonly string[]): number {
  for (const line of lines) process.stderr.write(`${line}\n`);
  return UNUSABLE;
}

const unavailable = ({ reason, message }: Unavailable): string => `--backend: ${reason}: ${message}`;

// who reads may be gone (`| head`, a log that was closed): the kernel is programmed all the same
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

saveMemory();
main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`agent stopped: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
