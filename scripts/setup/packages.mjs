// Are the packages of the lockfile the ones that are installed? Runs on Node 20, before anything is installed.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './root.mjs';

/** Installs what the lockfile names when something else, or nothing, is there. Output goes to stderr. */
export function ensurePackages() {
  const wrong = firstDifference();
  if (wrong === null) return false;
  console.error(`Installing packages (${wrong})`);
  // the packages run on the Node that is among them; npm warns of the system's, which only runs this script
  const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: ROOT,
    stdio: ['ignore', 2, 2],
  });
  if (npm.status !== 0) {
    console.error('npm ci failed; its message is above');
    process.exit(1);
  }
  return true;
}

/** npm itself notes what it installed in node_modules/.package-lock.json, after everything else is in place. */
function firstDifference() {
  const wanted = packagesOf('package-lock.json');
  const installed = packagesOf('node_modules/.package-lock.json');
  if (installed === null) return 'none yet';
  for (const [path, { version, optional, dev, devOptional }] of Object.entries(wanted ?? {})) {
    if (path === '') continue;
    const found = installed[path];
    // an optional package of another platform is absent, and so is what was left out on purpose
    if (found === undefined && (optional || ((dev || devOptional) && process.env.NODE_ENV === 'production'))) continue;
    if (found?.version !== version) return `${path.replace(/^.*node_modules\//, '')} must be ${version}`;
  }
  return existsSync(join(ROOT, 'node_modules/.bin')) ? null : 'no commands';
}

function packagesOf(file) {
  const path = join(ROOT, file);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).packages : null;
}
