import { defineConfig } from 'vitest/config';

const kernel = '**/*.kernel.test.ts';
const containers = '**/*.build.test.ts';
const cluster = '**/*.cluster.test.ts';
const faults = '**/*.faults.test.ts';
/** bounds, not measures: a loaded machine is slow */
const expectation = { poll: { timeout: 20_000 } };
const elsewhere = ['node_modules/**', '.next/**', '.outgate/**', 'dist/**'];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          expect: expectation,
          include: ['**/*.test.ts', '**/*.test.tsx'],
          exclude: [...elsewhere, kernel, containers, cluster, faults],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'kernel',
          expect: expectation,
          include: [kernel],
          exclude: elsewhere,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // they measure what a loaded machine distorts, and each has the kernel's locks to itself
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: 'containers',
          expect: expectation,
          include: [containers],
          exclude: elsewhere,
          hookTimeout: 120_000,
          sequence: { groupOrder: 3 },
        },
      },
      {
        test: {
          name: 'cluster',
          expect: expectation,
          include: [cluster],
          exclude: elsewhere,
          globalSetup: ['e2e/cluster/cluster.setup.ts'],
          testTimeout: 120_000,
          // some start a server of their own, which takes seconds, and more on a loaded machine
          hookTimeout: 120_000,
          fileParallelism: false,
          sequence: { groupOrder: 4 },
        },
      },
      {
        test: {
          name: 'faults',
          expect: expectation,
          include: [faults],
          exclude: elsewhere,
          // each makes an API server, a server and a node, all at once
          hookTimeout: 300_000,
          // outages last as long as they last: all files and tests at once
          maxWorkers: 2,
          maxConcurrency: 10,
          sequence: { groupOrder: 5 },
        },
      },
    ],
  },
});
