/** Mutations as the pages send them: a batch of one, with the session's cookie and the page's origin, over a kept connection. */
import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';

export interface Browser {
  /** Resolves when the answer is read; rejects with it when it is no success. */
  mutate(procedure: string, input: object): Promise<void>;
  close(): void;
}

export function browser(address: string, cookie: string): Browser {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const headers = { cookie, origin: address, 'content-type': 'application/json' };
  return {
    mutate: (procedure, input) =>
      new Promise((resolve, reject) => {
        const asked = new URL(`/api/trpc/${procedure}?batch=1`, address);
        const sent = request(asked, { method: 'POST', agent, headers }, (answer) => {
          text(answer).then((said) => {
            if (answer.statusCode === 200) resolve();
            else reject(new Error(`${procedure}: ${answer.statusCode} ${said}`));
          }, reject);
        });
        sent.on('error', reject);
        sent.end(JSON.stringify({ 0: input }));
      }),
    close: () => agent.destroy(),
  };
}
