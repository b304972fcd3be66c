import { isIP } from 'node:net';
import { describe, expect, it } from 'vitest';
import { type Address, formatAddress, parseAddress } from './address.ts';
import { randomAddress, seeded } from './fixtures/seeded.ts';

const canonical = (text: string): string => {
  const parsed = parseAddress(text);
  return parsed.ok ? formatAddress(parsed.value) : parsed.reason;
};
const reason = (text: string): string => {
  const parsed = parseAddress(text);
  return parsed.ok ? `accepted as ${formatAddress(parsed.value)}` : parsed.reason;
};

describe('IPv4', () => {
  it.each(['0.0.0.0', '10.1.2.3', '192.0.2.1', '255.255.255.255', '100.20.0.200'])('reads %s', (text) => {
    expect(canonical(text)).toBe(text);
  });

  it('is the unsigned number', () => {
    expect(parseAddress('255.255.255.255')).toEqual({ ok: true, value: { family: 4, value: 4294967295n } });
    expect(parseAddress('10.1.2.3')).toEqual({ ok: true, value: { family: 4, value: 167838211n } });
  });

  it.each([
    '010.1.2.3', // octal to iptables and ipset
    '10.01.2.3',
    '00.0.0.0',
    '1', // 0.0.0.1 to inet_aton
    '10.1',
    '10.1.2',
    '10.1.2.3.4',
    '1.2.3.4.',
    '.1.2.3.4',
    '1..2.3',
    '256.1.2.3',
    '1.2.3.999',
    '0x10.1.2.3',
    '1e1.2.3.4',
    '+1.2.3.4',
    '-1.2.3.4',
    'localhost',
    'example.org',
    ' 10.1.2.3',
    '10.1.2.3 ',
    '10.1.2.3\n',
    '10.1. 2.3',
    '10,1,2,3',
    '１０.1.2.3', // full-width digits
    '١.1.2.3', // Arabic digits
    '10.1.2.3/24',
  ])('refuses %j and says what must hold', (text) => {
    expect(reason(text)).toMatch(/^address must be four decimal numbers from 0 to 255 without leading zeros: '/);
  });

  it.each([
    ['', 'address must not be empty'],
    ['10.1.2.3%eth0', "address must have no zone: '10.1.2.3%eth0'"],
    ['1'.repeat(46), `address must be at most 45 characters: '${'1'.repeat(46)}'`],
  ])('refuses %j', (text, message) => {
    expect(reason(text)).toBe(message);
  });
});

describe('IPv6', () => {
  it.each([
    // RFC 5952
    ['2001:0db8:0000:0000:0001:0000:0000:0001', '2001:db8::1:0:0:1'], // the first of two equal runs
    ['2001:db8:0:0:1:0:0:0', '2001:db8:0:0:1::'], // the longer run, though it is the second
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'], // one zero is not compressed
    ['2001:db8::1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:DB8:AAAA::F', '2001:db8:aaaa::f'],
    ['0:0:0:0:0:0:0:0', '::'],
    ['::', '::'],
    ['::1', '::1'],
    ['1::', '1::'],
    ['0:0:0:0:0:0:0:1', '::1'],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
    ['::2:3:4:5:6:7:8', '0:2:3:4:5:6:7:8'],
    ['1:2:3:4:5:6:1.2.3.4', '1:2:3:4:5:6:102:304'],
    ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
    ['::1.2.3.4', '::102:304'],
    ['ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ])('%s is %s', (text, expected) => {
    expect(canonical(text)).toBe(expected);
  });

  it.each([
    ':',
    ':::',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4::5:6:7:8', // '::' stands for nothing
    '1::2::3',
    ':1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:',
    '12345::',
    '1:2:3:4:5:6:7:g',
    '::1.2.3',
    '::1.2.3.4.5',
    '::01.2.3.4',
    '1.2.3.4::', // a dotted quad may only stand at the end
    '1.2.3.4::1',
    '1:2:3:4:5:6:7:1.2.3.4',
    '::1.2.3.4:5',
    ' ::1',
    '::1 ',
    '[::1]',
    '::１',
    '::-1',
    '::0x1',
  ])('refuses %j', (text) => {
    expect(reason(text)).toMatch(/^address must be a valid IPv6 address: '/);
  });

  it.each([
    ['fe80::1%eth0', "address must have no zone: 'fe80::1%eth0'"],
    ['::ffff:10.1.2.3', "address must not be an IPv4-mapped IPv6 address: '::ffff:10.1.2.3'"],
    ['::FFFF:a01:203', "address must not be an IPv4-mapped IPv6 address: '::FFFF:a01:203'"],
    ['0:0:0:0:0:ffff:1:2', "address must not be an IPv4-mapped IPv6 address: '0:0:0:0:0:ffff:1:2'"],
  ])('refuses %j', (text, message) => {
    expect(reason(text)).toBe(message);
  });
});

describe('any address', () => {
  const random = seeded(1);

  it('is the same after format and parse', () => {
    for (let i = 0; i < 5000; i++) {
      const address = randomAddress(random);
      if (address.family === 6 && address.value >> 32n === 0xffffn) continue;
      const text = formatAddress(address);
      expect(parseAddress(text), text).toEqual({ ok: true, value: address });
    }
  });

  it('has a text that the URL parser, another implementation of RFC 5952, agrees with', () => {
    for (let i = 0; i < 2000; i++) {
      const address: Address = { ...randomAddress(random), family: 6 };
      const text = formatAddress(address);
      expect(new URL(`http://[${text}]/`).hostname).toBe(`[${text}]`);
    }
  });

  it('is never accepted where node refuses it', () => {
    const letters = '0123456789abcf:.:.::1';
    let accepted = 0;
    for (let i = 0; i < 40_000; i++) {
      const text = mutate(formatAddress(randomAddress(random)), letters, random);
      const parsed = parseAddress(text);
      if (!parsed.ok) continue;
      accepted++;
      expect(isIP(text), text).toBe(parsed.value.family);
    }
    expect(accepted).toBeGreaterThan(1000);
  });

  it('is accepted where node accepts it, but for zones and IPv4-mapped ones', () => {
    for (let i = 0; i < 40_000; i++) {
      const text = mutate(formatAddress(randomAddress(random)), '0123456789abcf:.', random);
      const parsed = parseAddress(text);
      if (isIP(text) !== 0 && !parsed.ok) expect(parsed.reason, text).toContain('IPv4-mapped');
    }
  });
});

/** Replaces, drops or doubles up to two characters. */
function mutate(text: string, letters: string, random: () => number): string {
  let out = text;
  for (let n = Math.floor(random() * 3); n > 0; n--) {
    const at = Math.floor(random() * out.length);
    const letter = letters[Math.floor(random() * letters.length)] ?? '';
    out = out.slice(0, at) + (random() < 0.3 ? '' : letter) + out.slice(random() < 0.5 ? at : at + 1);
  }
  return out;
}
