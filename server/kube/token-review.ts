/** TokenReview: whose token it is, asked of the API server that signed it. */
import type { Connection } from './connection.ts';

/** What a token must have been made for. One of the API server itself opens nothing here, and ours opens nothing there. */
export const AUDIENCE = 'outgate';

/** The pod that a token is bound to, and the node that the pod is bound to. */
export interface TokenPod {
  readonly node: string;
  readonly pod: { readonly name: string; readonly uid: string };
}

export type Reviewed = ({ readonly ok: true } & TokenPod) | { readonly ok: false; readonly why: string };

/** The answer's body, for `readTokenReview`: it is 201 for good and bad tokens. Rejects with a KubeError. */
export async function reviewToken(connection: Connection, token: string, signal: AbortSignal): Promise<unknown> {
  const { body } = await connection.call({
    method: 'POST',
    path: '/apis/authentication.k8s.io/v1/tokenreviews',
    body: {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenReview',
      spec: { token, audiences: [AUDIENCE] },
    },
    signal,
  });
  return body;
}

const EXTRA = 'authentication.kubernetes.io/';

/** Good is only what says all of it: authenticated, for our audience, exactly this account, one node, one pod. */
export function readTokenReview(body: unknown, account: { namespace: string; name: string }): Reviewed {
  const { status } = (body ?? {}) as { status?: Status };
  const refuse = (why: string): Reviewed => ({ ok: false, why });
  if (status?.authenticated !== true) return refuse(textOf(status?.error) ?? 'the cluster does not know the token');
  if (!listOf(status.audiences).includes(AUDIENCE)) return refuse(`its audience must be ${AUDIENCE}`);
  const wanted = `system:serviceaccount:${account.namespace}:${account.name}`;
  if (status.user?.username !== wanted) return refuse(`it must be a token of ${wanted}`);
  const one = (name: string): string | null => {
    const values = listOf(status.user?.extra?.[`${EXTRA}${name}`]);
    return values.length === 1 ? textOf(values[0]) : null;
  };
  const [node, name, uid] = [one('node-name'), one('pod-name'), one('pod-uid')];
  if (name === null || uid === null) return refuse('it must be bound to a pod');
  if (node === null) return refuse('its pod must be bound to a node');
  return { ok: true, node, pod: { name, uid } };
}

interface Status {
  readonly authenticated?: unknown;
  readonly error?: unknown;
  readonly audiences?: unknown;
  readonly user?: { readonly username?: unknown; readonly extra?: Readonly<Record<string, unknown>> };
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
