import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { agentFile, workDir } from './run-agent.ts';

it('the bundle is there as long as a work directory is, and goes with the last', () => {
  const [first, second] = [workDir(), workDir()];
  const file = agentFile();
  // twice is once
  for (let i = 0; i < 2; i++) second.remove();
  expect([file, first.path, second.path].map(existsSync)).toEqual([true, true, false]);
  first.remove();
  expect([file, first.path].map(existsSync)).toEqual([false, false]);
});
