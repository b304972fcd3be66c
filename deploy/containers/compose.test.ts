import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

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

const SECRETS = {
  OUTGATE_DATABASE_PASSWORD: 'p',
  OUTGATE_BOOTSTRAP_JOIN_TOKEN: 't'.repeat(20),
  OUTGATE_NODE_NAME: 'n',
};
const config = (environment: Record<string, string>) =>
  promisify(execFile)('docker', ['compose', '-f', FILE, 'config', '--quiet'], {
    env: { NODE_ENV: 'production', PATH: process.env['PATH'] ?? '', ...environment },
  }).then(
    () => ({ code: 0, stderr: '' }),
    (error) => ({ code: Number(error.code), stderr: String(error.stderr) }),
  );
const hasCompose = await promisify(execFile)('docker', ['compose', 'version']).then(
  () => true,
  () => false,
);

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
    for (const { environment } of Object.values(compose.secrets)) expect(Object.keys(SECRETS)).toContain(environment);
  });

  if (hasCompose)
    test('is what docker compose accepts, and refuses without a password', async () => {
      expect(await config(SECRETS)).toEqual({ code: 0, stderr: '' });
      const refused = await config({ ...SECRETS, OUTGATE_DATABASE_PASSWORD: '' });
      expect(refused.code).not.toBe(0);
      expect(refused.stderr).toContain('OUTGATE_DATABASE_PASSWORD');
    });
});
