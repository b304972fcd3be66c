/** What we may do, asked one by one: exact, unlike the list of all rules, and every account may ask. */
import type { Connection } from './connection.ts';

export interface Right {
  readonly verb: string;
  readonly resource: string;
  /** empty for the core group */
  readonly group: string;
  readonly namespace?: string;
  /** of the one object; absent: of all */
  readonly name?: string;
}

export interface ReviewedRight extends Right {
  readonly allowed: boolean;
}

/** In the order asked. Rejects with a KubeError. */
export function reviewRights(connection: Connection, rights: readonly Right[]): Promise<ReviewedRight[]> {
  return Promise.all(
    rights.map(async (right) => {
      const { body } = await connection.call({
        method: 'POST',
        path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
        body: {
          apiVersion: 'authorization.k8s.io/v1',
          kind: 'SelfSubjectAccessReview',
          spec: { resourceAttributes: right },
        },
      });
      return { ...right, allowed: (body as { status?: { allowed?: unknown } }).status?.allowed === true };
    }),
  );
}

/** The name that the API server knows us by. Rejects with a KubeError. */
export async function whoAmI(connection: Connection): Promise<string> {
  const { body } = await connection.call({
    method: 'POST',
    path: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
  });
  const { status } = body as { status?: { userInfo?: { username?: unknown } } };
  return typeof status?.userInfo?.username === 'string' ? status.userInfo.username : 'unknown';
}
