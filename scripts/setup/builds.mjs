// What is generated and built from the sources. Each step names the sources that decide about its product.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from './root.mjs';
import { buildWhenChanged } from './stamps.mjs';

const PACKAGES = 'package-lock.json';

export const generateClient = () =>
  buildWhenChanged({
    name: 'database client',
    sources: [PACKAGES, 'prisma/schema.prisma', 'prisma.config.ts'],
    product: 'server/db/generated/client.ts',
    build: () => run('prisma', ['generate']),
  });

export const bundleAgent = () =>
  buildWhenChanged({
    name: 'agent',
    sources: [PACKAGES, 'agent', 'core'],
    product: 'dist/outgate-agent.cjs',
    build: () => run('node', ['agent/bundle.mjs']),
  });

export const buildPages = () =>
  buildWhenChanged({
    name: 'pages',
    sources: [PACKAGES, 'app', 'core', 'next.config.ts', 'postcss.config.mjs', 'tsconfig.json'],
    product: '.next/BUILD_ID',
    build: () => run('next', ['build']),
  });

/** Kubernetes' own programs, for `npm run cluster`: found or built once into a cache. */
export const buildApiServer = () => run('node', ['e2e/cluster/binaries/build.ts']);

function run(command, args) {
  const env = {
    ...process.env,
    PATH: `${join(ROOT, 'node_modules/.bin')}:${process.env.PATH ?? ''}`,
    NEXT_TELEMETRY_DISABLED: '1',
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
  };
  const result = spawnSync(join(ROOT, 'node_modules/.bin', command), args, { cwd: ROOT, stdio: ['ignore', 2, 2], env });
  if (result.status === 0) return;
  console.error(`${command} ${args.join(' ')} failed; its message is above`);
  process.exit(1);
}
