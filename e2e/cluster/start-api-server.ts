/**
 * A real kube-apiserver on a real etcd, ready in seconds, with RBAC in force. Nothing outlives the process that started it
 * (see supervised.ts), its folder neither.
 *
 * Not obvious: etcd listens on Unix sockets alone (it insists on host:port and makes of `unix://localhost:2` a socket of
 * that name in its folder). `--secure-port=0` is refused, so a port is picked and the start tried again when it was lost.
 * `--advertise-address` puts 127.0.0.1 into the certificate the server signs for itself, which is also its CA. The admission
 * plugin ServiceAccount would refuse every pod, since no controller makes default accounts here.
 */
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { passingFolder } from '../../server/testing/passing-folder.ts';
import { freePort } from '../free-port.ts';
import type { Binaries } from './binaries/find.ts';
import { request, type Target } from './request.ts';
import { type Supervised, supervise } from './supervised.ts';
import { makeUsers, type User, writeKubeconfig, writeTokens } from './users.ts';

/** As much of a server as one may use that others use too. */
export interface Reachable {
  /** `https://127.0.0.1:PORT`; the same after a restart */
  readonly url: string;
  readonly port: number;
  /** certificate and CA in one, PEM */
  readonly caFile: string;
  /** key of that certificate: the fault proxy answers in the server's name */
  readonly keyFile: string;
  /** one context for each user */
  readonly kubeconfig: string;
  /** where `kubectl` is */
  readonly kubectl: string;
  /** URL, CA and token of a user, for `request`. Throws for a user that was not asked for. */
  as(user: string): Target;
}

export interface ApiServer extends Reachable {
  /** Processes of this server: etcd and the API server. */
  pids(): number[];
  /** SIGSTOP: connections stay open and nothing is answered from when it resolves. */
  pause(): Promise<void>;
  /** SIGCONT. */
  resume(): void;
  /** SIGKILL of the API server; etcd goes on. */
  kill(): Promise<void>;
  /** Starts it again after `kill`, on the same port and data; resolves when it is ready. */
  start(): Promise<void>;
  /** Ends everything and removes the folder. */
  stop(): Promise<void>;
}

export interface ApiServerOptions {
  readonly binaries: Binaries;
  /** groups by user name, besides `admin` */
  readonly users?: Readonly<Record<string, readonly string[]>>;
  /** more flags for kube-apiserver */
  readonly flags?: readonly string[];
  /** a folder that keeps what is stored from one start to the next, one server at a time; default: gone at the end */
  readonly data?: string;
  /** etcd waits for the disk before it says that it has something, as a cluster's does; a test needs nothing after the machine died */
  readonly durable?: boolean;
}

const READY_MS = 90_000;
const TRIES = 3;

/** Throws with the last lines of both logs when it does not become ready within 90 s. */
export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const { binaries, users = {}, flags = [], durable = false } = options;
  const folder = passingFolder('outgate-cluster-'); // short: a socket's path may have 107 bytes
  const dir = folder.path;
  const at = (name: string): string => join(dir, name);
  const known = makeUsers(users);
  writeTokens(at('tokens.csv'), known.values());
  writeServiceAccountKeys(at('sa.key'), at('sa.pub'));
  const admin = known.get('admin') as User;

  const etcd = await startEtcd(binaries.etcd, dir, { data: options.data ?? at('data'), durable });
  let server: Supervised | undefined;
  const stop = async (): Promise<void> => {
    await Promise.all([server?.kill(), etcd.kill()]);
    folder.remove();
  };
  const launch = async (port: number): Promise<boolean> => {
    const all = [...apiServerFlags(dir, port), ...flags];
    server = await supervise(binaries.kubeApiserver, all, { cwd: dir, log: at('kube-apiserver.log') });
    return waitUntilReady(server, `https://127.0.0.1:${port}`, at('certs/apiserver.crt'), admin.token);
  };
  const failed = async (): Promise<never> => {
    const logs = `${tail(at('kube-apiserver.log'))}\n${tail(at('etcd.log'))}`;
    await stop();
    throw new Error(`kube-apiserver must be ready within ${READY_MS / 1000} s; it is not\n${logs}`);
  };

  let port = await freePort();
  for (let attempt = 1; !(await launch(port)); attempt++) {
    if (attempt === TRIES || !tail(at('kube-apiserver.log')).includes('address already in use')) return failed();
    await server?.kill();
    port = await freePort();
  }
  const url = `https://127.0.0.1:${port}`;
  const caFile = at('certs/apiserver.crt');
  const ca = readFileSync(caFile, 'utf8');
  writeKubeconfig(at('kubeconfig'), url, caFile, known.values());
  return {
    url,
    port,
    caFile,
    keyFile: at('certs/apiserver.key'),
    kubeconfig: at('kubeconfig'),
    kubectl: binaries.kubectl,
    as(name) {
      const user = known.get(name);
      if (user === undefined) throw new Error(`user must be among ${[...known.keys()].join(', ')}: "${name}"`);
      return { url, ca, token: user.token };
    },
    pids: () => [etcd, server].flatMap((one) => (one?.running() ? [one.pid] : [])),
    async pause() {
      if (server?.signal('SIGSTOP')) await allStopped(server.pid);
    },
    resume: () => void server?.signal('SIGCONT'),
    kill: async () => server?.kill(),
    async start() {
      if (!(await launch(port))) await failed();
    },
    stop,
  };
}

async function startEtcd(
  program: string,
  dir: string,
  { data, durable }: { readonly data: string; readonly durable: boolean },
): Promise<Supervised> {
  const client = 'unix://localhost:2';
  const peer = 'unix://localhost:1';
  const etcd = await supervise(
    program,
    [
      ...[`--data-dir=${data}`, ...(durable ? [] : ['--unsafe-no-fsync']), '--log-level=warn'],
      ...[`--listen-client-urls=${client}`, `--advertise-client-urls=${client}`],
      ...[`--listen-peer-urls=${peer}`, `--initial-advertise-peer-urls=${peer}`, `--initial-cluster=default=${peer}`],
    ],
    { cwd: dir, log: join(dir, 'etcd.log') },
  );
  // an API server whose first dial is refused waits a second before the next
  for (const end = Date.now() + 10_000; !existsSync(join(dir, 'localhost:2')) && Date.now() < end; ) await sleep(10);
  return etcd;
}

const apiServerFlags = (dir: string, port: number): string[] => [
  `--etcd-servers=unix://${join(dir, 'localhost:2')}`,
  ...['--bind-address=127.0.0.1', '--advertise-address=127.0.0.1', `--secure-port=${port}`],
  '--endpoint-reconciler-type=none',
  `--cert-dir=${join(dir, 'certs')}`,
  '--service-cluster-ip-range=10.96.0.0/16',
  '--authorization-mode=Node,RBAC',
  `--token-auth-file=${join(dir, 'tokens.csv')}`,
  '--service-account-issuer=https://kubernetes.default.svc',
  '--api-audiences=https://kubernetes.default.svc',
  `--service-account-key-file=${join(dir, 'sa.pub')}`,
  `--service-account-signing-key-file=${join(dir, 'sa.key')}`,
  '--disable-admission-plugins=ServiceAccount',
  '--allow-privileged=true',
];

function writeServiceAccountKeys(privateFile: string, publicFile: string): void {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  writeFileSync(privateFile, privateKey.export({ type: 'sec1', format: 'pem' }), { mode: 0o600 });
  writeFileSync(publicFile, publicKey.export({ type: 'spki', format: 'pem' }));
}

/** False when it ended or was not ready in time. */
async function waitUntilReady(server: Supervised, url: string, caFile: string, token: string): Promise<boolean> {
  for (const end = Date.now() + READY_MS; server.running() && Date.now() < end; ) {
    await sleep(50);
    if (!existsSync(caFile)) continue;
    const target = { url, ca: readFileSync(caFile, 'utf8'), token };
    const status = await request(target, 'GET', '/readyz').then(
      (answer) => answer.status,
      () => 0,
    );
    if (status === 200) return true;
  }
  return false;
}

/** On a loaded machine a thread that runs answers what comes before the one that the signal went to has had its turn. */
async function allStopped(pid: number): Promise<void> {
  const tasks = `/proc/${pid}/task`;
  const isStopped = (task: string): boolean => {
    try {
      return /^State:\tT/m.test(readFileSync(`${tasks}/${task}/status`, 'utf8'));
    } catch {
      return false; // it ended since it was listed
    }
  };
  for (const end = Date.now() + 10_000; !readdirSync(tasks).every(isStopped); await sleep(5)) {
    if (Date.now() > end) throw new Error(`process ${pid} must stop within 10 s of SIGSTOP`);
  }
}

const tail = (file: string): string =>
  existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(-15).join('\n') : '';
