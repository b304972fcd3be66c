/** Server-side applies with nothing around them: kept connections of node:https, as many as are in flight. */
import { Agent, request } from 'node:https';
import type { Target } from '../e2e/cluster/request.ts';

export interface BarePatch {
  /** Resolves with the status when the answer is read. */
  apply(path: string, object: object, force?: boolean): Promise<number>;
  close(): void;
}

export function barePatch({ url, ca, token }: Target, inFlight: number): BarePatch {
  const agent = new Agent({ keepAlive: true, maxSockets: inFlight, ca });
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/apply-patch+yaml' };
  return {
    apply: (path, object, force = false) =>
      new Promise((resolve, reject) => {
        const asked = new URL(`${path}?fieldManager=bench${force ? '&force=true' : ''}`, url);
        const sent = request(asked, { method: 'PATCH', agent, headers }, (answer) => {
          answer.resume().on('end', () => resolve(answer.statusCode ?? 0));
        });
        sent.on('error', reject);
        sent.end(JSON.stringify(object));
      }),
    close: () => agent.destroy(),
  };
}
