/** Nodes without machines: they join and report over the agents' own door, as a rack that comes up at once. */
import type { Report } from '../core/wire/report.ts';
import type { Api } from './api.ts';

const AT_ONCE = 10;

/** `names` join with a new join token and report that they wait for their first state. Throws what was refused. */
export async function joinMany(url: string, api: Api, names: readonly string[]): Promise<void> {
  const { token } = await api.mutate<{ token: string }>('joinTokens.create', { name: 'rack' });
  for (let i = 0; i < names.length; i += AT_ONCE) {
    await Promise.all(names.slice(i, i + AT_ONCE).map((node) => joinOne(url, token, node)));
  }
}

async function joinOne(url: string, token: string, node: string): Promise<void> {
  const { credential } = (await post(`${url}/agent/v1/join`, { token, node })) as { credential: string };
  const none = { rules: [], sets: [] };
  const report: Report = {
    node,
    mode: 'enforce',
    backend: 'iptables-nft',
    revision: null,
    sequence: null,
    state: 'Pending',
    changed: false,
    families: { '4': none, '6': none },
    foreign: [],
    conditions: [],
    facts: null,
  };
  await post(`${url}/agent/v1/report`, report, { authorization: `Bearer ${credential}` });
}

async function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<unknown> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}
