/** Who may sign in at a test server, by which token, and the kubeconfig that holds them all. */
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';

export interface User {
  readonly name: string;
  readonly groups: readonly string[];
  readonly token: string;
}

/** Groups by user name. `admin` is always there, for setting things up: `system:masters` passes every check. */
export function makeUsers(groups: Readonly<Record<string, readonly string[]>>): ReadonlyMap<string, User> {
  const all = { ...groups, admin: ['system:masters'] };
  return new Map(Object.entries(all).map(([name, of]) => [name, { name, groups: of, token: randomUUID() }]));
}

/** For --token-auth-file: token, name, uid, "groups". */
export function writeTokens(file: string, users: Iterable<User>): void {
  const lines = [...users].map(({ token, name, groups }) => `${token},${name},${name},"${groups.join(',')}"\n`);
  writeFileSync(file, lines.join(''), { mode: 0o600 });
}

/** One context for each user, by the user's name; `admin` is the current one. JSON is YAML. */
export function writeKubeconfig(file: string, url: string, caFile: string, users: Iterable<User>): void {
  const all = [...users];
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'admin',
    clusters: [{ name: 'test', cluster: { server: url, 'certificate-authority': caFile } }],
    users: all.map(({ name, token }) => ({ name, user: { token } })),
    contexts: all.map(({ name }) => ({ name, context: { cluster: 'test', user: name } })),
  };
  writeFileSync(file, JSON.stringify(config, null, 1), { mode: 0o600 });
}
