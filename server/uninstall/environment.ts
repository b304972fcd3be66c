/** What the chart tells the uninstall job; all errors at once. */
import { z } from 'zod';

const schema = z.object({
  OUTGATE_DAEMONSET: z
    .string('must be set')
    .regex(/^[a-z0-9-]+\/[a-z0-9.-]+$/, 'must be NAMESPACE/NAME of the agents’ DaemonSet'),
  OUTGATE_CLEANUP_SECONDS: z.coerce.number('must be a number of seconds').int().min(1).max(3600),
  OUTGATE_CLEANUP_TEMPLATE: z.string('must be set').transform((text, context): object => {
    try {
      const value: unknown = JSON.parse(text);
      if (typeof value === 'object' && value !== null && 'spec' in value) return value;
    } catch {
      // said below
    }
    context.addIssue({ code: 'custom', message: 'must be a pod template as JSON' });
    return z.NEVER;
  }),
});

export interface Uninstall {
  readonly namespace: string;
  readonly name: string;
  readonly template: object;
  readonly waitMs: number;
}

export function readUninstall(
  env: Readonly<Record<string, string | undefined>>,
): { readonly ok: true; readonly value: Uninstall } | { readonly ok: false; readonly errors: readonly string[] } {
  const parsed = schema.safeParse(env);
  if (!parsed.success) {
    return { ok: false, errors: parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`) };
  }
  const [namespace = '', name = ''] = parsed.data.OUTGATE_DAEMONSET.split('/');
  const { OUTGATE_CLEANUP_TEMPLATE: template, OUTGATE_CLEANUP_SECONDS: seconds } = parsed.data;
  return { ok: true, value: { namespace, name, template, waitMs: seconds * 1000 } };
}
