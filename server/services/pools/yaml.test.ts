import { expect, it } from 'vitest';
import { poolsOfYaml } from './yaml.ts';

it('names a place only where there is one', () => {
  expect(poolsOfYaml('')).toMatchObject({ message: 'yaml: file must hold at least one document' });
  expect(poolsOfYaml('kind: List\n---\n- 1\n')).toMatchObject({
    message: expect.stringMatching(/^document \d, line \d, /),
  });
});
