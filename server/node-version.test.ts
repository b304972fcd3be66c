import { expect, it } from 'vitest';
import { nodeRefusal } from './node-version.ts';

it('the server runs on what knows its options, and says so of anything older', () => {
  for (const version of ['24.9.0', '24.10.0', '24.21.0', '25.0.0', process.versions.node]) {
    expect([version, nodeRefusal(version)]).toEqual([version, null]);
  }
  for (const version of ['20.20.2', '22.20.0', '24.0.0', '24.8.0']) {
    expect(nodeRefusal(version)).toBe(
      `the server must run on Node 24.9 or newer; this is ${version}: npm start brings one`,
    );
  }
});
