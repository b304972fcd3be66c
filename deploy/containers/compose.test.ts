import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { testsWith } from '../../e2e/cluster/binaries/own-program.ts';
import { composeConfig } from './compose-config.ts';

const ROOT = join(import.meta.dirname, '../..');
const FILE = join(ROOT, 'docker-compose.yml');
const text = readFileSync(FILE, 'utf8');
const compose = parse(text) as {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
  secrets: Record<string, { environment: string }>;
};
interface Service {
  image?: string;
  build?: { context: string; dockerfile: string };
  environment: Record<string, string>;
  depends_on?: Record<string, { condition: string }>;
  secrets?: string[];
  volumes?: (string | { source: string })[];
  healthcheck?: { test: string[] };
  network_mode?: string;
  cap_add?: string[];
  ports?: string[];
}

const GIVEN = {
  OUTGATE_DATABASE_PASSWORD: 'p',
  OUTGATE_BOOTSTRAP_JOIN_TOKEN: 't'.repeat(20),
  OUTGATE_NODE_NAME: 'n',
};

describe('docker-compose.yml', () => {
  test('has database, server and agent, each waiting for the one it needs', () => {
    const { database, server, agent } = compose.services;
    expect(Object.keys(compose.services)).toEqual(['database', 'server', 'agent']);
    expect(database?.image).toBe('postgres:18');
    expect(database?.healthcheck?.test).toContain('pg_isready');
    expect(server?.depends_on).toEqual({ database: { condition: 'service_healthy' } });
    expect(agent?.depends_on).toEqual({ server: { condition: 'service_healthy' } });
    expect(agent).toMatchObject({ network_mode: 'host', cap_add: ['NET_ADMIN', 'NET_RAW'] });
    expect(server?.ports?.every((port) => port.startsWith('127.0.0.1:'))).toBe(true);
  });

  test('names only files, volumes and secrets that exist', () => {
    for (const { build, volumes = [], secrets = [] } of Object.values(compose.services)) {
      if (build !== undefined) expect(readFileSync(join(ROOT, build.dockerfile), 'utf8')).toContain('FROM node:24');
      for (const secret of secrets) expect(compose.secrets).toHaveProperty(secret);
      const named = volumes.filter((volume) => typeof volume === 'string').map((volume) => volume.split(':')[0] ?? '');
      for (const name of named) expect(compose.volumes).toHaveProperty(name);
    }
  });

  test('has no password of its own: each must be given, with a reason that says so', () => {
    const variables = [...text.matchAll(/\$\{(\w+):([?-])([^}]*)\}/g)].map(([, name, kind, rest]) => ({
      name,
      kind,
      rest,
    }));
    const secret = variables.filter(({ name = '' }) => /PASSWORD|TOKEN/.test(name));
    expect(secret.map(({ name }) => name)).toContain('OUTGATE_DATABASE_PASSWORD');
    for (const { name, kind, rest } of secret) {
      if (kind === '?') expect(rest).toMatch(/^must be set/);
      else expect({ name, rest }).toEqual({ name, rest: '' }); // optional, and empty when absent
    }
    for (const { environment } of Object.values(compose.secrets)) expect(Object.keys(GIVEN)).toContain(environment);
  });
});

/**
 * By the library that `docker compose config` is made of, not by the command: Compose itself was not built after nearly nine minutes on
 * two busy cores, and Debian 12 has version 1 alone.
 */
describe('as docker compose reads it', async () => {
  testsWith(await composeConfig(), (program) => {
    const config = (environment: Record<string, string>) =>
      promisify(execFile)(program, [FILE], { env: environment as NodeJS.ProcessEnv }).then(
        ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
        ({ code, stdout, stderr }) => ({ code: Number(code), stdout: String(stdout), stderr: String(stderr) }),
      );

    test('it is accepted, and what is given arrives', async () => {
      const { code, stdout, stderr } = await config(GIVEN);
      expect([code, stderr]).toEqual([0, '']);
      const { services } = parse(stdout) as { services: Record<string, Service> };
      expect(services['server']?.environment).toMatchObject({
        PGPASSWORD: 'p',
        OUTGATE_BOOTSTRAP_JOIN_TOKEN: 't'.repeat(20),
        OUTGATE_ADMIN_PASSWORD: '',
      });
      expect(services['server']?.ports).toMatchObject([{ host_ip: '127.0.0.1', target: 7171, published: '7171' }]);
      expect(services['agent']?.environment).toMatchObject({ OUTGATE_AGENT_NODE: 'n' });
    });

    test.each(Object.keys(GIVEN))('it is refused without %s, with the reason', async (name) => {
      const rest = Object.fromEntries(Object.entries(GIVEN).filter(([one]) => one !== name));
      for (const environment of [rest, { ...rest, [name]: '' }]) {
        const { code, stdout, stderr } = await config(environment);
        expect([code, stdout]).toEqual([1, '']);
        expect(stderr).toMatch(new RegExp(`required variable ${name} is missing a value: must be set to `));
      }
    });
  });
});
