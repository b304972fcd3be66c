import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { missingForCluster } from './build.ts';
import { cacheFolder, findBinaries } from './find.ts';
import { isAtLeast } from './go.ts';
import { missingForHelm } from './helm.ts';
import { MODULE, ourVersions, versionsIn } from './versions.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'outgate-binaries-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function programs(folder: string, ...names: readonly string[]): void {
  mkdirSync(folder, { recursive: true });
  for (const name of names) {
    writeFileSync(join(folder, name), '');
    chmodSync(join(folder, name), 0o755);
  }
}

describe('the programs', () => {
  it('are taken from KUBEBUILDER_ASSETS, kubectl from PATH', () => {
    programs(join(dir, 'assets'), 'kube-apiserver', 'etcd');
    programs(join(dir, 'bin'), 'kubectl');
    const env = { KUBEBUILDER_ASSETS: join(dir, 'assets'), PATH: `bin:${join(dir, 'bin')}`, HOME: dir };
    expect(findBinaries(env)).toEqual({
      found: true,
      binaries: {
        kubeApiserver: join(dir, 'assets/kube-apiserver'),
        etcd: join(dir, 'assets/etcd'),
        kubectl: join(dir, 'bin/kubectl'),
      },
    });
  });

  it('are looked for in the cache, and what is absent is named', () => {
    const env = { XDG_CACHE_HOME: join(dir, 'cache'), PATH: '' };
    const folder = cacheFolder(env);
    expect(folder.startsWith(join(dir, 'cache/outgate/cluster/v1.'))).toBe(true);
    programs(folder, 'etcd');
    const absent = ['kube-apiserver', 'kubectl'];
    expect(findBinaries(env)).toEqual({ found: false, folder, absent, buildable: true });
    programs(folder, ...absent);
    expect(findBinaries(env).found).toBe(true);
  });

  it('a relative XDG_CACHE_HOME is ignored', () => {
    expect(cacheFolder({ XDG_CACHE_HOME: 'cache', HOME: dir }).startsWith(join(dir, '.cache/outgate'))).toBe(true);
  });
});

describe('what is missing', () => {
  it('is said with both ways to get it', async () => {
    const [sentence, ...more] = await missingForCluster({ HOME: dir, PATH: dir });
    expect(more).toEqual([]);
    expect(sentence).toContain('need etcd and kube-apiserver and kubectl (Kubernetes v1.');
    expect(sentence).toContain(`Go ${ourVersions().go} or newer must be on PATH; there is none`);
    expect(sentence).toContain('KUBEBUILDER_ASSETS');
  });

  it('is said of a folder that somebody named', async () => {
    programs(dir, 'etcd');
    const sentence = `KUBEBUILDER_ASSETS=${dir} must hold kube-apiserver and etcd; it lacks kube-apiserver`;
    expect(await missingForCluster({ KUBEBUILDER_ASSETS: dir, HOME: dir, PATH: '' })).toEqual([sentence]);
  });
});

it('Helm is the one on PATH when that is Helm 4; an older one is none, and how to get it is said', async () => {
  const helm = (version: string): void => {
    writeFileSync(join(dir, 'helm'), `#!/bin/sh\necho ${version}\n`);
    chmodSync(join(dir, 'helm'), 0o755);
  };
  helm('v4.0.1+gabc');
  expect(await missingForHelm({ HOME: dir, PATH: dir })).toEqual([]);
  helm('v3.19.0+gabc');
  const [sentence, ...more] = await missingForHelm({ HOME: dir, PATH: dir });
  expect(more).toEqual([]);
  expect(sentence).toContain('need Helm 4 (v4.');
  expect(sentence).toContain('must be on PATH; there is none - install Go, or put helm on PATH');
});

it('an older Go is no Go, and a newer one will do', () => {
  expect(['1.26.0', '1.27rc1', '2.0'].map((version) => isAtLeast(version, '1.26'))).toEqual([true, true, true]);
  expect(['1.25.9', 'devel +abc'].map((version) => isAtLeast(version, '1.26'))).toEqual([false, false]);
  const patched = ['1.26.6', '1.26', '1.26.7', '1.26.10', '1.27'].map((version) => isAtLeast(version, '1.26.7'));
  expect(patched).toEqual([false, false, true, true, true]);
});

it('every staging module of Kubernetes is replaced by its version, the one that go.mod asks for', () => {
  const text = readFileSync(join(MODULE, 'go.mod'), 'utf8');
  const { kubernetes } = versionsIn(text);
  const wanted = kubernetes.replace('v1.', 'v0.');
  const replaced = [...text.matchAll(/^\s(k8s\.io\/\S+) => (\S+) (v\S+)$/gm)];
  expect(replaced.length).toBeGreaterThan(20);
  expect(replaced.filter(([, from, to, version]) => from !== to || version !== wanted)).toEqual([]);
});
