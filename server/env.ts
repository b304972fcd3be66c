/** The server's environment, read and checked once at start: all errors at once, each with its name and reason. */
import { isAbsolute, resolve } from 'node:path';
import { z } from 'zod';
import { type AgentPlacement, EVERYWHERE } from '../core/cluster/agent-placement.ts';
import { type Prefix, parsePrefix } from '../core/net/prefix.ts';
import type { Listen } from './http/listen.ts';

const optional = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === '' ? undefined : value), schema);

const listenSchema = z
  .string()
  .regex(/^(\[[0-9a-fA-F:.]+\]|[^:[\]\s]*):\d{1,5}$/, 'must be HOST:PORT, for example 127.0.0.1:7171')
  .transform((text) => {
    const colon = text.lastIndexOf(':');
    return { host: text.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(text.slice(colon + 1)) };
  })
  .refine((listen) => listen.port <= 65535, 'the port must be at most 65535');

const postgresUrl = z.string().regex(/^postgres(ql)?:\/\//, 'must start with postgresql://');

/** A list that must be right as a whole: one proxy left out would make all its clients one. */
const proxiesSchema = z.string().transform((text, context): Prefix[] =>
  text.split(',').flatMap((one) => {
    const prefix = parsePrefix(one.trim());
    if (prefix.ok) return [prefix.value];
    context.addIssue({ code: 'custom', message: `must be CIDRs with commas between them: ${prefix.reason}` });
    return [];
  }),
);

/** `system:serviceaccount:NAMESPACE:NAME` is the name that a review gives it. */
const serviceAccountSchema = z
  .string()
  .regex(
    /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\/[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?$/,
    'must be NAMESPACE/NAME, for example outgate/outgate-agent',
  )
  .transform((text) => {
    const [namespace = '', name = ''] = text.split('/');
    return { namespace, name };
  });

/** As in a pod's spec: the DaemonSet's own values; or `none`. */
const placementSchema = z.string().transform((text, context): AgentPlacement => {
  if (text === 'none') return null;
  const parsed = placement.safeParse(readJson(text));
  if (parsed.success) return parsed.data;
  for (const { path, message } of parsed.error.issues) {
    const field = path.length === 0 ? '' : `${path.join('.')}: `;
    context.addIssue({
      code: 'custom',
      message: `must be none, or the nodeSelector and tolerations of a pod as JSON: ${field}${message}`,
    });
  }
  return z.NEVER;
});
const placement = z.strictObject({
  nodeSelector: z.record(z.string(), z.string()),
  tolerations: z.array(
    z.strictObject({
      key: z.string().optional(),
      operator: z.enum(['Exists', 'Equal']).optional(),
      value: z.string().optional(),
      effect: z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute']).optional(),
      tolerationSeconds: z.int().optional(),
    }),
  ),
});
const readJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const environmentSchema = z
  .object({
    OUTGATE_DATA_DIR: optional(z.string().default('.outgate')).transform((path) =>
      isAbsolute(path) ? path : resolve(path),
    ),
    OUTGATE_LISTEN: optional(listenSchema.prefault('127.0.0.1:7171')),
    OUTGATE_METRICS_LISTEN: optional(listenSchema.optional()),
    OUTGATE_URL: optional(
      z
        .url({ protocol: /^https?$/, error: 'must be an http or https address, for example https://outgate.example' })
        .refine((text) => pathOf(text) === '/', 'must have no path: Outgate is served from the root')
        .transform((text) => new URL(text).origin)
        .optional(),
    ),
    OUTGATE_TRUSTED_PROXIES: optional(proxiesSchema.optional()),
    DATABASE_URL: optional(postgresUrl.optional()),
    DATABASE_APP_URL: optional(postgresUrl.optional()),
    OUTGATE_CLUSTER: optional(
      z.enum(['none', 'in-cluster', 'kubeconfig'], { error: 'must be none, in-cluster or kubeconfig' }).default('none'),
    ),
    OUTGATE_KUBECONFIG: optional(z.string().optional()),
    OUTGATE_KUBECONTEXT: optional(z.string().optional()),
    OUTGATE_AGENT_SERVICE_ACCOUNT: optional(serviceAccountSchema.optional()),
    OUTGATE_AGENT_PLACEMENT: optional(placementSchema.optional()),
    OUTGATE_LAB: optional(z.enum(['auto', 'on', 'off'], { error: 'must be auto, on or off' }).default('auto')),
    OUTGATE_LAB_SOCKET: optional(z.string().optional()),
    OUTGATE_ADMIN_EMAIL: optional(z.email({ error: 'must be an e-mail address' }).optional()),
    OUTGATE_ADMIN_PASSWORD: optional(
      z.string().min(12, 'must have at least 12 characters').max(128, 'must have at most 128 characters').optional(),
    ),
    OUTGATE_BOOTSTRAP_JOIN_TOKEN: optional(
      z.string().min(20, 'must have at least 20 characters').max(200, 'must have at most 200 characters').optional(),
    ),
    OUTGATE_DEV: optional(z.literal('1', { error: 'must be 1 or absent' }).optional()),
    LOG_LEVEL: optional(
      z
        .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
          error: 'must be fatal, error, warn, info, debug, trace or silent',
        })
        .default('info'),
    ),
  })
  .superRefine((env, context) => {
    if (env.DATABASE_APP_URL !== undefined && env.DATABASE_URL === undefined) {
      const message = 'must be set with DATABASE_APP_URL: migrations need the owner';
      context.addIssue({ code: 'custom', path: ['DATABASE_URL'], message });
    }
    if (env.OUTGATE_CLUSTER === 'kubeconfig' && env.OUTGATE_KUBECONFIG === undefined) {
      const message = 'must be set: OUTGATE_CLUSTER=kubeconfig never looks for somebody’s kubeconfig by itself';
      context.addIssue({ code: 'custom', path: ['OUTGATE_KUBECONFIG'], message });
    }
    if (env.OUTGATE_CLUSTER === 'none' && env.OUTGATE_AGENT_SERVICE_ACCOUNT !== undefined) {
      const message =
        'must be in-cluster or kubeconfig with OUTGATE_AGENT_SERVICE_ACCOUNT: a cluster reviews the tokens';
      context.addIssue({ code: 'custom', path: ['OUTGATE_CLUSTER'], message });
    }
    const missing =
      env.OUTGATE_ADMIN_EMAIL === undefined
        ? env.OUTGATE_ADMIN_PASSWORD !== undefined && 'OUTGATE_ADMIN_EMAIL'
        : env.OUTGATE_ADMIN_PASSWORD === undefined && 'OUTGATE_ADMIN_PASSWORD';
    if (missing) {
      context.addIssue({
        code: 'custom',
        path: [missing],
        message: 'must be set: OUTGATE_ADMIN_EMAIL and OUTGATE_ADMIN_PASSWORD make the first account together',
      });
    }
  });

export type ClusterEnvironment =
  | { readonly kind: 'in-cluster' }
  | { readonly kind: 'kubeconfig'; readonly file: string; readonly context: string | undefined };

export interface ServiceAccount {
  readonly namespace: string;
  readonly name: string;
}

export interface Environment {
  readonly dataDir: string;
  readonly listen: Listen;
  /** where `/metrics` is, and nothing else; null: it is among the rest */
  readonly metricsListen: Listen | null;
  /** the public origin, null: the listen address is it */
  readonly url: string | null;
  /** reverse proxies whose X-Forwarded-For is believed */
  readonly trustedProxies: readonly Prefix[];
  /** null: the embedded database */
  readonly databaseUrl: string | null;
  /** what the application logs in as; null: as `databaseUrl` says, and it takes the role outgate_app */
  readonly applicationUrl: string | null;
  /** null: no cluster, what is desired is in effect */
  readonly cluster: ClusterEnvironment | null;
  /** whose tokens agents sign in by; null: none are accepted */
  readonly agentAccount: ServiceAccount | null;
  /** on which nodes of the cluster agents are meant to run */
  readonly agentPlacement: AgentPlacement;
  readonly labSocket: string | null;
  readonly admin: { readonly email: string; readonly password: string } | null;
  readonly bootstrapJoinToken: string | null;
  readonly dev: boolean;
  readonly logLevel: string;
}

export type EnvironmentResult =
  | { readonly ok: true; readonly value: Environment }
  /** one line each: `NAME reason`, never the value of a secret */
  | { readonly ok: false; readonly errors: readonly string[] };

export function readEnvironment(variables: Readonly<Record<string, string | undefined>>): EnvironmentResult {
  const parsed = environmentSchema.safeParse(variables);
  if (!parsed.success) {
    return { ok: false, errors: parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`) };
  }
  const env = parsed.data;
  const { OUTGATE_ADMIN_EMAIL: email, OUTGATE_ADMIN_PASSWORD: password } = env;
  return {
    ok: true,
    value: {
      dataDir: env.OUTGATE_DATA_DIR,
      listen: env.OUTGATE_LISTEN,
      metricsListen: env.OUTGATE_METRICS_LISTEN ?? null,
      url: env.OUTGATE_URL ?? null,
      trustedProxies: env.OUTGATE_TRUSTED_PROXIES ?? [],
      databaseUrl: env.DATABASE_URL ?? null,
      applicationUrl: env.DATABASE_APP_URL ?? null,
      cluster: clusterOf(env),
      agentAccount: env.OUTGATE_AGENT_SERVICE_ACCOUNT ?? null,
      agentPlacement: env.OUTGATE_AGENT_PLACEMENT === undefined ? EVERYWHERE : env.OUTGATE_AGENT_PLACEMENT,
      labSocket: env.OUTGATE_LAB_SOCKET ?? null,
      admin: email !== undefined && password !== undefined ? { email, password } : null,
      bootstrapJoinToken: env.OUTGATE_BOOTSTRAP_JOIN_TOKEN ?? null,
      dev: env.OUTGATE_DEV === '1',
      logLevel: env.LOG_LEVEL,
    },
  };
}

function clusterOf(env: z.infer<typeof environmentSchema>): ClusterEnvironment | null {
  if (env.OUTGATE_CLUSTER === 'in-cluster') return { kind: 'in-cluster' };
  if (env.OUTGATE_CLUSTER === 'none' || env.OUTGATE_KUBECONFIG === undefined) return null;
  return { kind: 'kubeconfig', file: env.OUTGATE_KUBECONFIG, context: env.OUTGATE_KUBECONTEXT };
}

function pathOf(text: string): string {
  try {
    const url = new URL(text);
    return `${url.pathname}${url.search}${url.hash}`;
  } catch {
    return '/';
  }
}
