/**
 * The service account of our pod, as the kubelet mounts it. Not by way of the Kubernetes client: loading that takes some
 * 80 MB, and a token that was refused must be read again at once, not after a minute.
 */
import { readFile } from 'node:fs/promises';
import type { Credentials } from './credentials.ts';

const MOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
/** the kubelet writes a new token long before the old one ends */
const TOKEN_AGE_MS = 60_000;

/** Throws outside a cluster: the variables that the kubelet sets must be there. */
export function inCluster(
  env: Readonly<Record<string, string | undefined>>,
  now: () => number,
  mount: string = MOUNT,
): Credentials {
  const host = env['KUBERNETES_SERVICE_HOST'];
  const port = env['KUBERNETES_SERVICE_PORT'];
  if (!host || !port)
    throw new Error('KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT must be set, as in every pod');
  let token: { readonly text: string; readonly readAt: number } | null = null;
  return {
    server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
    tls: async () => ({ ca: await readFile(`${mount}/ca.crt`) }),
    async headers() {
      if (token === null || now() - token.readAt > TOKEN_AGE_MS) {
        token = { text: (await readFile(`${mount}/token`, 'utf8')).trim(), readAt: now() };
      }
      return { authorization: `Bearer ${token.text}` };
    },
    renew() {
      token = null;
    },
  };
}

/** Of our pod. Throws outside a cluster. */
export const ownNamespace = async (mount: string = MOUNT): Promise<string> =>
  (await readFile(`${mount}/namespace`, 'utf8')).trim();
