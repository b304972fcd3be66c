import { describe, expect, it } from 'vitest';
import { type Address, bitsOf, formatAddress, parseAddress } from './address.ts';
import { randomAddress, seeded } from './fixtures/seeded.ts';
import {
  comparePrefix,
  contains,
  formatPrefix,
  overlaps,
  type Prefix,
  parseInterface,
  parsePrefix,
  prefixOf,
  rangeOf,
} from './prefix.ts';

const p = (text: string): Prefix => {
  const parsed = parsePrefix(text);
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.value;
};
const a = (text: string): Address => {
  const parsed = parseAddress(text);
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.value;
};
const reason = (text: string): string => {
  const parsed = parsePrefix(text);
  return parsed.ok ? `accepted as ${formatPrefix(parsed.value)}` : parsed.reason;
};

describe('parsePrefix', () => {
  it.each([
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['10.0.0.0/8', '10.0.0.0/8'],
    ['192.0.2.1/32', '192.0.2.1/32'],
    ['FD00:0:0::/64', 'fd00::/64'],
    ['::/0', '::/0'],
    ['::1/128', '::1/128'],
  ])('reads %s as %s', (text, expected) => {
    expect(formatPrefix(p(text))).toBe(expected);
  });

  it.each([
    ['10.0.0.1/8', "CIDR must have no host bits set: '10.0.0.1/8' lies in 10.0.0.0/8"],
    ['fd00::1/64', "CIDR must have no host bits set: 'fd00::1/64' lies in fd00::/64"],
    ['0.0.0.1/0', "CIDR must have no host bits set: '0.0.0.1/0' lies in 0.0.0.0/0"],
    ['10.0.0.0', "CIDR must have a prefix length: '10.0.0.0'"],
    ['', "CIDR must have a prefix length: ''"],
    ['/24', 'address must not be empty'],
    ['10.0.0.0/33', "prefix length must be a number from 0 to 32: '10.0.0.0/33'"],
    ['fd00::/129', "prefix length must be a number from 0 to 128: 'fd00::/129'"],
    ['fe80::%eth0/64', "address must have no zone: 'fe80::%eth0'"],
    ['::ffff:10.0.0.0/104', "address must not be an IPv4-mapped IPv6 address: '::ffff:10.0.0.0'"],
  ])('refuses %j', (text, message) => {
    expect(reason(text)).toBe(message);
  });

  it.each([
    '/032',
    '/+24',
    '/-1',
    '/',
    '/ 24',
    '/24 ',
    '/24/24',
    '/0x18',
    '/1e1',
    '/24.0',
    '/٢٤',
    '/255.255.0.0',
    '/00',
  ])('refuses the length %j', (length) => {
    expect(reason(`10.0.0.0${length}`)).toMatch(/^prefix length must be a number from 0 to 32: '/);
  });

  it('keeps its message short however long the text is', () => {
    expect(reason(`10.0.0.0/${'9'.repeat(100_000)}`).length).toBeLessThan(200);
    expect(reason('1'.repeat(100_000)).length).toBeLessThan(200);
  });
});

describe('parseInterface', () => {
  it('allows host bits', () => {
    const parsed = parseInterface('192.0.2.11/24');
    expect(parsed).toEqual({ ok: true, value: { address: a('192.0.2.11'), length: 24 } });
  });
});

describe('ranges', () => {
  it.each([
    ['10.0.0.0/8', '10.0.0.0', '10.255.255.255'],
    ['0.0.0.0/0', '0.0.0.0', '255.255.255.255'],
    ['192.0.2.1/32', '192.0.2.1', '192.0.2.1'],
    ['fe80::/10', 'fe80::', 'febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
    ['::/0', '::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ])('%s goes from %s to %s', (text, first, last) => {
    const range = rangeOf(p(text));
    expect(formatAddress({ family: range.family, value: range.first })).toBe(first);
    expect(formatAddress({ family: range.family, value: range.last })).toBe(last);
  });

  it('contains knows families and both ends', () => {
    expect(contains(p('10.0.0.0/8'), a('10.255.255.255'))).toBe(true);
    expect(contains(p('10.0.0.0/8'), a('11.0.0.0'))).toBe(false);
    expect(contains(p('0.0.0.0/0'), a('::'))).toBe(false);
    expect(contains(p('::/0'), a('10.0.0.1'))).toBe(false);
  });

  it('overlaps when one holds the other, in either order', () => {
    expect(overlaps(p('10.0.0.0/8'), p('10.1.0.0/16'))).toBe(true);
    expect(overlaps(p('10.1.0.0/16'), p('10.0.0.0/8'))).toBe(true);
    expect(overlaps(p('10.0.0.0/8'), p('10.0.0.0/8'))).toBe(true);
    expect(overlaps(p('10.0.0.0/16'), p('10.1.0.0/16'))).toBe(false);
    expect(overlaps(p('0.0.0.0/0'), p('::/0'))).toBe(false);
  });

  it('sorts by family, address, then the containing prefix first', () => {
    const texts = ['fd00::/64', '10.0.0.0/16', '9.0.0.0/8', '10.0.0.0/8', '::/0', '10.0.0.0/8'];
    expect(texts.map(p).sort(comparePrefix).map(formatPrefix)).toEqual([
      '9.0.0.0/8',
      '10.0.0.0/8',
      '10.0.0.0/8',
      '10.0.0.0/16',
      '::/0',
      'fd00::/64',
    ]);
  });
});

describe('any prefix', () => {
  const random = seeded(2);
  const any = (): Prefix => {
    const address = randomAddress(random);
    return prefixOf(address, Math.floor(random() * (bitsOf(address.family) + 1)));
  };

  it('is the same after format and parse', () => {
    for (let i = 0; i < 3000; i++) {
      const prefix = any();
      if (prefix.family === 6 && prefix.value >> 32n === 0xffffn) continue;
      expect(parsePrefix(formatPrefix(prefix))).toEqual({ ok: true, value: prefix });
    }
  });

  it('overlaps another exactly when their ranges do', () => {
    for (let i = 0; i < 3000; i++) {
      const [one, two] = [any(), any()];
      const [x, y] = [rangeOf(one), rangeOf(two)];
      const touch = x.family === y.family && x.first <= y.last && y.first <= x.last;
      expect(overlaps(one, two), `${formatPrefix(one)} ${formatPrefix(two)}`).toBe(touch);
    }
  });
});
