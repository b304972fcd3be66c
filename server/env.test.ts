import { expect, test } from 'vitest';
import { EVERYWHERE } from '../core/cluster/agent-placement.ts';
import { readEnvironment } from './env.ts';

const errorsOf = (variables: Record<string, string>): readonly string[] => {
  const result = readEnvironment(variables);
  return result.ok ? [] : result.errors;
};

test('an empty environment is the documented default', () => {
  const result = readEnvironment({});
  expect(result).toMatchObject({
    ok: true,
    value: {
      listen: { host: '127.0.0.1', port: 7171 },
      url: null,
      databaseUrl: null,
      labSocket: null,
      admin: null,
      dev: false,
      logLevel: 'info',
    },
  });
});

test('an empty value counts as absent', () => {
  expect(readEnvironment({ OUTGATE_URL: '', DATABASE_URL: '', LOG_LEVEL: '' }).ok).toBe(true);
});

test('all errors come at once, each with its name and reason', () => {
  const errors = errorsOf({
    OUTGATE_LISTEN: 'nowhere',
    OUTGATE_URL: 'ftp://x',
    DATABASE_URL: 'mysql://x',
    OUTGATE_CLUSTER: 'mine',
    OUTGATE_AGENT_SERVICE_ACCOUNT: 'outgate-agent',
    OUTGATE_LAB: 'maybe',
    LOG_LEVEL: 'loud',
  });
  expect(errors.map((line) => line.split(' ')[0])).toEqual([
    'OUTGATE_LISTEN',
    'OUTGATE_URL',
    'DATABASE_URL',
    'OUTGATE_CLUSTER',
    'OUTGATE_AGENT_SERVICE_ACCOUNT',
    'OUTGATE_LAB',
    'LOG_LEVEL',
  ]);
  expect(errors[0]).toContain('HOST:PORT');
});

test('a short password is refused without being quoted', () => {
  const errors = errorsOf({ OUTGATE_ADMIN_EMAIL: 'a@outgate.example', OUTGATE_ADMIN_PASSWORD: 'hunter2' });
  expect(errors).toEqual(['OUTGATE_ADMIN_PASSWORD must have at least 12 characters']);
});

test('the first account needs both of its variables', () => {
  expect(errorsOf({ OUTGATE_ADMIN_EMAIL: 'a@outgate.example' })[0]).toMatch(/^OUTGATE_ADMIN_PASSWORD must be set/);
  expect(errorsOf({ OUTGATE_ADMIN_PASSWORD: 'long enough for us' })[0]).toMatch(/^OUTGATE_ADMIN_EMAIL must be set/);
});

test('an IPv6 listen address and a port that is too high', () => {
  expect(readEnvironment({ OUTGATE_LISTEN: '[::1]:80' })).toMatchObject({
    value: { listen: { host: '::1', port: 80 } },
  });
  expect(readEnvironment({ OUTGATE_LISTEN: ':7171' })).toMatchObject({
    value: { listen: { host: '', port: 7171 }, metricsListen: null },
  });
  expect(readEnvironment({ OUTGATE_METRICS_LISTEN: ':7173' })).toMatchObject({
    value: { metricsListen: { host: '', port: 7173 } },
  });
  expect(errorsOf({ OUTGATE_METRICS_LISTEN: '7173' })[0]).toMatch(/^OUTGATE_METRICS_LISTEN must be HOST:PORT/);
  expect(errorsOf({ OUTGATE_LISTEN: '127.0.0.1:70000' })[0]).toContain('65535');
});

test('where agents are meant to run', () => {
  const placement = { nodeSelector: { 'kubernetes.io/os': 'linux' }, tolerations: [{ operator: 'Exists' }] };
  const read = (text: string) => readEnvironment({ OUTGATE_AGENT_PLACEMENT: text });
  expect(read(JSON.stringify(placement))).toMatchObject({ value: { agentPlacement: placement } });
  expect(read('none')).toMatchObject({ value: { agentPlacement: null } });
  expect(readEnvironment({})).toMatchObject({ value: { agentPlacement: EVERYWHERE } });
  for (const [text, words] of [
    ['everywhere', /^OUTGATE_AGENT_PLACEMENT must be none, or the nodeSelector and tolerations/],
    ['{"nodeSelector":{"a":1},"tolerations":[]}', /nodeSelector\.a: /],
    ['{"nodeSelector":{},"tolerations":[{"operator":"Always"}]}', /tolerations\.0\.operator: /],
  ] as const) {
    expect(errorsOf({ OUTGATE_AGENT_PLACEMENT: text })[0]).toMatch(words);
  }
});

test('the public address is kept as an origin', () => {
  expect(readEnvironment({ OUTGATE_URL: 'https://Outgate.Example/' })).toMatchObject({
    value: { url: 'https://outgate.example' },
  });
  expect(errorsOf({ OUTGATE_URL: 'https://outgate.example/sub' })[0]).toContain('no path');
});

test('a cluster is named, never found', () => {
  expect(errorsOf({ OUTGATE_CLUSTER: 'kubeconfig' })[0]).toMatch(/^OUTGATE_KUBECONFIG must be set/);
  const named = { OUTGATE_CLUSTER: 'kubeconfig', OUTGATE_KUBECONFIG: '/k', OUTGATE_KUBECONTEXT: 'c' };
  expect(readEnvironment(named)).toMatchObject({
    value: { cluster: { kind: 'kubeconfig', file: '/k', context: 'c' } },
  });
  expect(readEnvironment({ KUBECONFIG: '/k' })).toMatchObject({ value: { cluster: null } });
});

test('the account of the agents needs a cluster, which reviews their tokens', () => {
  const account = { OUTGATE_AGENT_SERVICE_ACCOUNT: 'net/outgate-agent' };
  expect(errorsOf(account)).toEqual([expect.stringMatching(/^OUTGATE_CLUSTER must be in-cluster or kubeconfig/)]);
  const result = readEnvironment({ ...account, OUTGATE_CLUSTER: 'in-cluster' });
  expect(result).toMatchObject({ ok: true, value: { agentAccount: { namespace: 'net', name: 'outgate-agent' } } });
});
