// Makes the agent one file that needs node alone: dist/outgate-agent.cjs, or the path given.
import { chmodSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** Texts of forty languages that nobody reads here: they would cost memory in every agent. */
const withoutLocales = {
  name: 'without-locales',
  setup({ onLoad }) {
    onLoad({ filter: /zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({ contents: 'export {};' }));
  },
};

const outfile = process.argv[2] ?? fileURLToPath(new URL('../dist/outgate-agent.cjs', import.meta.url));
const result = await build({
  entryPoints: [fileURLToPath(new URL('main.ts', import.meta.url))],
  outfile,
  bundle: true,
  platform: 'node',
  // CommonJS starts with less memory than modules do
  format: 'cjs',
  target: 'node20',
  minify: true,
  legalComments: 'none',
  banner: { js: '#!/usr/bin/env node' },
  plugins: [withoutLocales],
  metafile: true,
  logLevel: 'warning',
});
const foreign = Object.values(result.metafile.outputs).flatMap(({ imports }) => imports.map(({ path }) => path));
const missing = foreign.filter((path) => !path.startsWith('node:') && !['fs', 'process', 'buffer'].includes(path));
if (missing.length > 0) {
  console.error(`the agent must need nothing but node's own modules: ${[...new Set(missing)].join(', ')}`);
  process.exit(1);
}

/** What runs at every start: all that is not behind an `import()`. */
const { inputs } = result.metafile;
const atStart = new Set(Object.keys(inputs).filter((path) => path.endsWith('agent/main.ts')));
for (const path of atStart) {
  for (const { kind, path: next } of inputs[path]?.imports ?? []) if (kind !== 'dynamic-import') atStart.add(next);
}
const heavy = [...atStart].filter((path) => /node_modules[\\/](zod|yaml)[\\/]/.test(path));
if (heavy.length > 0) {
  console.error(`the agent must not load zod or yaml before it reads a file: ${heavy[0]}`);
  process.exit(1);
}
chmodSync(outfile, 0o755);
