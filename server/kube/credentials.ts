import type { ConnectionOptions } from 'node:tls';

/** Who we are at the cluster's API server, and how it is reached. */
export interface Credentials {
  /** `https://10.96.0.1:443`, no slash at the end */
  readonly server: string;
  /** For a new connection; asked each time, since certificates are replaced in place. */
  tls(): Promise<ConnectionOptions>;
  /** For a request, lower-case names. Rejects when nobody can be signed in (a plugin fails, a token file is gone). */
  headers(): Promise<Readonly<Record<string, string>>>;
  /** The server has refused what `headers` gave: the next call reads it anew. */
  renew(): void;
}
