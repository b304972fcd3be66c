/**
 * Sends reports one after the other. While one is under way only the newest of those that follow is kept, and it is made
 * when its turn comes: what the server gets is never older than it must be. A lost report is not repeated: the next comes
 * within ten seconds.
 */
import type { Report } from '../../core/wire/report.ts';
import type { Credentials } from './credential.ts';
import { type Client, isRefusal } from './http.ts';

export interface ReportSender {
  send(make: () => Report): void;
  /** Resolves when the last report is out or has failed. */
  stop(): Promise<void>;
}

export function reportSender({ client, identity }: { client: Client; identity: Credentials }): ReportSender {
  let waiting: (() => Report) | undefined;
  let running: Promise<void> | undefined;
  let told = '';

  const say = (problem: string): void => {
    if (problem !== '' && problem !== told) process.stderr.write(`report not delivered: ${problem}\n`);
    told = problem;
  };
  const drain = async (): Promise<void> => {
    for (let make = waiting; make !== undefined; make = waiting) {
      waiting = undefined;
      try {
        const credential = await identity.get();
        const answer = await client.post('agent/v1/report', make(), credential);
        if (isRefusal(answer.text, 'AGENT_REFUSED')) identity.forget(credential);
        say(answer.status < 300 ? '' : `status ${answer.status}: ${answer.text.slice(0, 300)}`);
      } catch (error) {
        say(error instanceof Error ? error.message : String(error));
      }
    }
    running = undefined;
  };
  return {
    send(make) {
      waiting = make;
      running ??= drain();
    },
    stop: async () => running,
  };
}
