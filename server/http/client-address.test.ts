import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { readEnvironment } from '../env.ts';
import { clientAddress } from './client-address.ts';

const read = readEnvironment({ OUTGATE_TRUSTED_PROXIES: '192.0.2.0/24, 2001:db8::/32' });
const trusted = read.ok ? read.value.trustedProxies : [];
const from = (remoteAddress: string, forwarded?: string): string =>
  clientAddress(
    {
      socket: { remoteAddress } as IncomingMessage['socket'],
      headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
    },
    trusted,
  );

test('a peer that is no trusted proxy is the client, whatever it says', () => {
  expect(from('203.0.113.7', '198.51.100.1')).toBe('203.0.113.7');
  expect(from('::ffff:203.0.113.7', '198.51.100.1')).toBe('203.0.113.7');
});

test('of a trusted proxy the right-most address counts that is none: the rest may be invented', () => {
  expect(from('192.0.2.1')).toBe('192.0.2.1');
  expect(from('192.0.2.1', '198.51.100.1')).toBe('198.51.100.1');
  expect(from('::ffff:192.0.2.1', '10.0.0.1, 198.51.100.1, 192.0.2.9')).toBe('198.51.100.1');
  expect(from('2001:db8::1', '10.0.0.1, 198.51.100.1,2001:DB8:0::5')).toBe('198.51.100.1');
  expect(from('192.0.2.1', '192.0.2.3, 192.0.2.2')).toBe('192.0.2.3');
});

test('what is no address ends the search at the proxy that wrote it', () => {
  for (const text of ['unknown', '', '198.51.100.1:443', '198.51.100.1, _hidden']) {
    expect(from('192.0.2.1', text)).toBe('192.0.2.1');
  }
});
