import { expect, it } from 'vitest';
import { readEnd } from './read-end.ts';

const all = ['pod', 'service', 'node'];

it.each([
  ['10.1.2.3', { is: 'address', address: '10.1.2.3', port: null }],
  [' FD00::0001 ', { is: 'address', address: 'fd00::1', port: null }],
  ['10.96.33.252:80', { is: 'address', address: '10.96.33.252', port: '80' }],
  ['[FD00::0001]:80', { is: 'address', address: 'fd00::1', port: '80' }],
  ['[fd00::1]', { is: 'address', address: 'fd00::1', port: null }],
  ['fd00::1:80', { is: 'address', address: 'fd00::1:80', port: null }],
  ['web-1', { is: 'name', kinds: all, namespace: null, name: 'web-1', port: null }],
  ['shop/web-1', { is: 'name', kinds: ['pod', 'service'], namespace: 'shop', name: 'web-1', port: null }],
  ['shop/web:443', { is: 'name', kinds: ['pod', 'service'], namespace: 'shop', name: 'web', port: '443' }],
  ['constructor/web-1', { is: 'name', kinds: ['pod', 'service'], namespace: 'constructor', name: 'web-1', port: null }],
  ['pod/shop/web-1', { is: 'name', kinds: ['pod'], namespace: 'shop', name: 'web-1', port: null }],
  ['pod/web-1', { is: 'name', kinds: ['pod'], namespace: null, name: 'web-1', port: null }],
  ['service/shop/web:https', { is: 'name', kinds: ['service'], namespace: 'shop', name: 'web', port: 'https' }],
  ['svc/shop/web', { is: 'name', kinds: ['service'], namespace: 'shop', name: 'web', port: null }],
  ['web.shop.svc:80', { is: 'name', kinds: ['service'], namespace: 'shop', name: 'web', port: '80' }],
  ['web.shop.svc.cluster.local', { is: 'name', kinds: ['service'], namespace: 'shop', name: 'web', port: null }],
  ['node/w-1:30080', { is: 'name', kinds: ['node'], namespace: null, name: 'w-1', port: '30080' }],
  ['w-1.example.com', { is: 'name', kinds: all, namespace: null, name: 'w-1.example.com', port: null }],
])('%s', (text, end) => expect(readEnd(text)).toEqual(end));

it.each([
  ['010.0.0.1', /without leading zeros: '010.0.0.1'/],
  ['1', /four decimal numbers/],
  ['010.0.0.1:80', /without leading zeros: '010.0.0.1'/],
  ['[10.0.0.1]:80', /must be an address, pod/],
  ['[fd00::1]80', /valid IPv6 address/],
  ['fd00::g', /valid IPv6 address/],
  ['', /must not be empty/],
  ['node/a/b', /must be an address, pod\/namespace\/name/],
  ['a/b/c', /'a\/b\/c'/],
  ['pod/a/b/c', /'pod\/a\/b\/c'/],
  ['Web', /'Web'/],
  ['valueOf/web-1', /'valueOf\/web-1'/],
  ['shop/', /'shop\/'/],
  ['web:', /'web:'/],
  [`a${'a'.repeat(253)}`, /must be an address/],
])('%s is refused by what must hold', (text, message) => {
  expect(readEnd(text)).toEqual({ is: 'neither', message: expect.stringMatching(message) });
});
