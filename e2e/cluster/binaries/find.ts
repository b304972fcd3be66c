/**
 * Where the programs are: in KUBEBUILDER_ASSETS when that is set, else in our cache, where `build.ts` puts them. kubectl may
 * also be the one on PATH: any recent one will do, while the server must be the version we test against.
 */
import { accessSync, constants } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { ourVersions, type Program } from './versions.ts';

/** Absolute paths of the programs. */
export interface Binaries {
  readonly kubeApiserver: string;
  readonly etcd: string;
  readonly kubectl: string;
}

export type Found =
  | { readonly found: true; readonly binaries: Binaries }
  /** `folder`: where they would be looked for; `buildable`: false when somebody else's folder lacks them */
  | {
      readonly found: false;
      readonly folder: string;
      readonly absent: readonly Program['name'][];
      readonly buildable: boolean;
    };

export type Environment = Readonly<Record<string, string | undefined>>;

export function findBinaries(env: Environment = process.env): Found {
  const assets = env['KUBEBUILDER_ASSETS'];
  const cache = cacheFolder(env);
  const folder = assets ?? cache;
  const paths = {
    kubeApiserver: executable(join(folder, 'kube-apiserver')),
    etcd: executable(join(folder, 'etcd')),
    kubectl: executable(join(folder, 'kubectl')) ?? onPath('kubectl', env) ?? executable(join(cache, 'kubectl')),
  };
  const { kubeApiserver, etcd, kubectl } = paths;
  if (kubeApiserver !== null && etcd !== null && kubectl !== null) {
    return { found: true, binaries: { kubeApiserver, etcd, kubectl } };
  }
  const servers: Program['name'][] = [];
  if (etcd === null) servers.push('etcd');
  if (kubeApiserver === null) servers.push('kube-apiserver');
  // a folder that somebody names is theirs: we build nothing in its place, but a kubectl may come from our cache
  if (assets !== undefined && servers.length > 0) return { found: false, folder, absent: servers, buildable: false };
  return {
    found: false,
    folder: cache,
    absent: kubectl === null ? [...servers, 'kubectl'] : servers,
    buildable: true,
  };
}

/** `$XDG_CACHE_HOME/outgate/cluster/<versions>-<system>`, by default below `~/.cache`. */
export function cacheFolder(env: Environment = process.env): string {
  const { kubernetes, etcd } = ourVersions();
  return join(cacheOfPrograms(env), `${kubernetes}-etcd-${etcd}-${process.platform}-${process.arch}`);
}

/** `$XDG_CACHE_HOME/outgate/cluster`: a folder below it for each set of programs. */
export function cacheOfPrograms(env: Environment): string {
  // XDG: a path that is not absolute must be ignored
  const asked = env['XDG_CACHE_HOME'];
  const base = asked?.startsWith('/') ? asked : join(env['HOME'] ?? homedir(), '.cache');
  return join(base, 'outgate', 'cluster');
}

/** The first file of that name on PATH that may be run, or null. */
export function onPath(name: string, env: Environment): string | null {
  for (const directory of (env['PATH'] ?? '').split(delimiter)) {
    if (!directory.startsWith('/')) continue;
    const path = executable(join(directory, name));
    if (path !== null) return path;
  }
  return null;
}

/** The path itself when it may be run. */
export function executable(path: string): string | null {
  try {
    accessSync(path, constants.X_OK);
    return path;
  } catch {
    return null;
  }
}
