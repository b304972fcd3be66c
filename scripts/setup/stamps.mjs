// What was built from which sources: a build step runs only when the content of its sources has changed.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from './root.mjs';

// inside node_modules: a new installation builds anew
const DIRECTORY = join(ROOT, 'node_modules/.cache/outgate');

/** Runs `build` unless `product` exists and was built from sources with this content. */
export async function buildWhenChanged({ name, sources, product, build }) {
  const stamp = join(DIRECTORY, name);
  const now = hashOf(sources);
  if (existsSync(join(ROOT, product)) && existsSync(stamp) && readFileSync(stamp, 'utf8') === now) return false;
  console.error(`Building: ${name}`);
  await build();
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, now);
  return true;
}

/** One hash over the names and contents of all files under these paths; a missing path counts as empty. */
export function hashOf(paths) {
  const hash = createHash('sha256');
  for (const file of paths.flatMap((path) => filesUnder(path)).sort()) {
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(ROOT, file)))
      .update('\0');
  }
  return hash.digest('hex');
}

function filesUnder(path) {
  const full = join(ROOT, path);
  if (!existsSync(full)) return [];
  if (!statSync(full).isDirectory()) return [path];
  return readdirSync(full).flatMap((name) => (IGNORED.test(name) ? [] : filesUnder(join(path, name))));
}

// tests and what other steps generate do not change what is built
const IGNORED = /^(node_modules|generated|fixtures)$|\.test\.tsx?$/;
