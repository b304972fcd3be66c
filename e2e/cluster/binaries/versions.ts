/** What the programs of the cluster tests are called and which versions go.mod beside this file asks for. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Where go.mod lies: `go build` runs here. */
export const MODULE = fileURLToPath(new URL('.', import.meta.url));

export interface Program {
  /** of the file */
  readonly name: 'kube-apiserver' | 'etcd' | 'kubectl';
  /** what `go build` is told to build */
  readonly package: string;
}

export const PROGRAMS: readonly Program[] = [
  { name: 'etcd', package: 'go.etcd.io/etcd/server/v3' },
  { name: 'kube-apiserver', package: 'k8s.io/kubernetes/cmd/kube-apiserver' },
  { name: 'kubectl', package: 'k8s.io/kubernetes/cmd/kubectl' },
];

export interface Versions {
  /** `v1.36.3` */
  readonly kubernetes: string;
  /** `v3.6.8` */
  readonly etcd: string;
  /** the oldest Go that builds them, `1.26` */
  readonly go: string;
}

/** As required by the text of a go.mod. Throws when it lacks one of them. */
export function versionsIn(goMod: string): Versions {
  return {
    kubernetes: versionIn(goMod, 'k8s.io/kubernetes', /^\s*k8s\.io\/kubernetes (v\S+)/m),
    etcd: versionIn(goMod, 'go.etcd.io/etcd/server/v3', /^\s*go\.etcd\.io\/etcd\/server\/v3 (v\S+)/m),
    go: versionIn(goMod, 'a version of go', /^go (\d+\.\d+)/m),
  };
}

/** What the pattern takes from the text of a go.mod. Throws with `what` when it is not there. */
export function versionIn(goMod: string, what: string, pattern: RegExp): string {
  const found = pattern.exec(goMod)?.[1];
  if (found === undefined) throw new Error(`go.mod must require ${what}`);
  return found;
}

export const ourVersions = (): Versions => versionsIn(readFileSync(`${MODULE}go.mod`, 'utf8'));
