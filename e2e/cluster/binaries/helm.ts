/** Helm 4 for the tests of the chart: the one on PATH, else ours, built once into the cache beside the API server. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { alone, buildInto, type Say } from './build.ts';
import { cacheOfPrograms, type Environment, executable, onPath } from './find.ts';
import { findGo } from './go.ts';
import { MODULE, versionIn } from './versions.ts';

const HELM_MODULE = join(MODULE, 'helm');

/** Path of a Helm 4, built when it is absent. Throws with what is missing and how to get it. */
export async function ensureHelm(say: Say): Promise<string> {
  const found = await findHelm();
  if (found !== null) return found;
  const missing = await missingForHelm();
  if (missing.length > 0) throw new Error(missing.join('; '));
  const folder = helmFolder();
  const built = join(folder, 'helm');
  const flags = `-s -w -X helm.sh/helm/v4/internal/version.version=${helmVersions().helm}`;
  await alone(folder, 'Helm', say, async () => {
    if (executable(built) !== null) return;
    const target = { name: 'helm', package: 'helm.sh/helm/v4/cmd/helm', module: HELM_MODULE, flags };
    await buildInto(folder, [target], { say, cold: 'four minutes' });
  });
  return built;
}

/** One sentence when there is neither a Helm 4 nor a way to build it; empty when the tests can run. */
export async function missingForHelm(env: Environment = process.env): Promise<string[]> {
  if ((await findHelm(env)) !== null) return [];
  const { go: needed, helm } = helmVersions();
  const go = await findGo(needed, env);
  if (go.usable) return [];
  return [`the tests of the chart need Helm 4 (${helm}); to build it, ${go.problem} - install Go, or put helm on PATH`];
}

/** On PATH only when it is Helm 4: an older one renders other things. */
async function findHelm(env: Environment = process.env): Promise<string | null> {
  const installed = onPath('helm', env);
  if (installed !== null) {
    const said = await promisify(execFile)(installed, ['version', '--short']).catch(() => ({ stdout: '' }));
    if (said.stdout.startsWith('v4.')) return installed;
  }
  return executable(join(helmFolder(env), 'helm'));
}

const helmFolder = (env: Environment = process.env): string =>
  join(cacheOfPrograms(env), `helm-${helmVersions().helm}-${process.platform}-${process.arch}`);

function helmVersions(): { readonly helm: string; readonly go: string } {
  const text = readFileSync(join(HELM_MODULE, 'go.mod'), 'utf8');
  return {
    helm: versionIn(text, 'helm.sh/helm/v4', /^\s*helm\.sh\/helm\/v4 (v\S+)/m),
    go: versionIn(text, 'a version of go', /^go (\d+\.\d+)/m),
  };
}
