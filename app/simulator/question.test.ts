import { describe, expect, it } from 'vitest';
import { buildQuestion, emptyQuestion, flowOf, hasMore, isAsked, nameOf, parseQuestion } from './question.ts';

const names = [
  { name: 'pod-1a', addresses: ['192.168.1.10', 'fd00:192:168:1::10'] },
  { name: 'pod-1b', addresses: ['203.0.113.10'] },
  { name: 'internet', addresses: ['198.51.100.10', '2001:db8:f::10'] },
];
const question = { ...emptyQuestion, from: 'pod-1a', to: '198.51.100.10', port: '443' };

describe('the question in the address of the page', () => {
  it('comes back as it was asked', () => {
    const whole = {
      from: 'fd00::1',
      to: '2001:db8::1',
      proto: 'udp',
      port: '53',
      sport: '4000',
      resolvedTo: 'fd00::2',
      state: 'established' as const,
      outInterface: 'eth0',
    };
    expect(parseQuestion(new URLSearchParams(buildQuestion(whole)))).toEqual(whole);
  });
  it('leaves out what says nothing, so equal questions have equal addresses', () => {
    expect(buildQuestion(question)).toBe('?from=pod-1a&to=198.51.100.10&port=443');
    expect(buildQuestion({ ...question, from: ' pod-1a ' })).toBe(buildQuestion(question));
    expect(buildQuestion(emptyQuestion)).toBe('');
  });
  it('reads what it does not know as not said', () => {
    expect(parseQuestion(new URLSearchParams('from=10.0.0.1&state=odd&colour=red&proto='))).toEqual({
      ...emptyQuestion,
      from: '10.0.0.1',
    });
  });
  it('is asked only with both ends', () => {
    expect(isAsked(question)).toBe(true);
    expect(isAsked({ ...question, to: ' ' })).toBe(false);
  });
  it('has more when a field of the second row says something', () => {
    expect(hasMore(question)).toBe(false);
    expect(hasMore({ ...question, state: 'invalid' })).toBe(true);
  });
});

describe('the flow', () => {
  it('takes the address of the family that the other end has', () => {
    expect(flowOf(question, names).flow).toEqual({
      from: '192.168.1.10',
      to: '198.51.100.10',
      proto: 'tcp',
      port: 443,
    });
    expect(flowOf({ ...question, to: '2001:db8::9' }, names).flow.from).toBe('fd00:192:168:1::10');
    expect(flowOf({ ...question, to: 'internet' }, names).flow.to).toBe('198.51.100.10');
    expect(flowOf({ ...question, from: 'fd00::1', to: 'internet' }, names).flow.to).toBe('2001:db8:f::10');
  });
  it('keeps text that is no name for the simulator to judge', () => {
    expect(flowOf({ ...question, from: 'pod-9' }, names).flow.from).toBe('pod-9');
  });
  it('refuses ports that are no numbers, both at once', () => {
    expect(flowOf({ ...question, port: 'http', sport: '70000' }, names).errors).toEqual([
      { field: 'port', message: "port must be a number from 0 to 65535: 'http'" },
      { field: 'sport', message: "sport must be a number from 0 to 65535: '70000'" },
    ]);
  });
  it('refuses ports with leading zeros, which are octal elsewhere', () => {
    expect(flowOf({ ...question, port: '080' }, names).errors).toEqual([
      { field: 'port', message: "port must be a number from 0 to 65535 without leading zeros: '080'" },
    ]);
  });
  it('takes the port behind an address', () => {
    const to = (text: string, port = '') => flowOf({ ...question, to: text, port }, names).flow;
    expect(to('10.96.33.252:80')).toMatchObject({ from: '192.168.1.10', to: '10.96.33.252', port: 80 });
    expect(to('[fd00::1]:80', '80')).toMatchObject({ from: 'fd00:192:168:1::10', to: 'fd00::1', port: 80 });
    expect(to('10.96.33.252:80', '443')).toMatchObject({ to: '10.96.33.252:80', port: 443 });
  });
  it('finds the pod behind a name or an address', () => {
    expect(nameOf('203.0.113.10', names)).toBe('pod-1b');
    expect(nameOf('pod-1a', names)).toBe('pod-1a');
    expect(nameOf('10.0.0.1', names)).toBeUndefined();
  });
});
