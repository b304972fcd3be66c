/** A kubeconfig: tokens, client certificates, exec and auth plugins, whatever the Kubernetes client can read. */
import { KubeConfig } from '@kubernetes/client-node';
import type { Credentials } from './credentials.ts';

type Options = Parameters<KubeConfig['applyToHTTPSOptions']>[0];

/** `context`: by default the current one. Throws when the file or the context is not there. */
export function fromKubeconfig(file: string, context?: string): Credentials {
  let config = load(file, context);
  let fixed: Awaited<ReturnType<Credentials['headers']>> | null = null;
  const options = async (): Promise<Options> => {
    const filled: Options = {};
    await config.applyToHTTPSOptions(filled);
    return filled;
  };
  return {
    server: config.getCurrentCluster()?.server.replace(/\/+$/, '') ?? '',
    async tls() {
      const { ca, cert, key, rejectUnauthorized, servername } = (await options()) as Record<string, unknown>;
      const set = Object.entries({ ca, cert, key, rejectUnauthorized, servername });
      return Object.fromEntries(set.filter(([, value]) => value !== undefined));
    },
    async headers() {
      if (fixed !== null) return fixed;
      const { exec, authProvider } = config.getCurrentUser() ?? {};
      const { headers = {}, auth } = (await options()) as { headers?: object; auth?: string };
      const basic = auth === undefined ? {} : { authorization: `Basic ${Buffer.from(auth).toString('base64')}` };
      const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]);
      const made = { ...basic, ...Object.fromEntries(lower) };
      // the client reads every file of the kubeconfig again each time; without a plugin nothing of this moves by itself
      if (exec == null && authProvider == null) fixed = made;
      return made;
    },
    renew() {
      fixed = null;
      config = load(file, context);
    },
  };
}

function load(file: string, context: string | undefined): KubeConfig {
  const config = new KubeConfig();
  config.loadFromFile(file);
  if (context !== undefined) config.setCurrentContext(context);
  if (config.getCurrentCluster() === null) {
    throw new Error(`${file} must name a cluster for its context "${config.getCurrentContext() ?? ''}"`);
  }
  return config;
}

/** The namespace of the context, `default` where it names none. Throws as `fromKubeconfig`. */
export function namespaceOf(file: string, context?: string): string {
  const config = load(file, context);
  return config.getContextObject(config.getCurrentContext())?.namespace ?? 'default';
}
