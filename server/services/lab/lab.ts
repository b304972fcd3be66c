/** The lab's process, asked over its Unix socket: real pods, real targets, and real packets on demand. */
import { request } from 'node:http';
import { z } from 'zod';

export const labStatusSchema = z.object({
  pods: z.array(z.object({ name: z.string(), node: z.string(), addresses: z.array(z.string()) })),
  targets: z.array(z.object({ name: z.string(), addresses: z.array(z.string()) })),
});
export type LabStatus = z.infer<typeof labStatusSchema>;

export const probeProtos = ['tcp', 'udp'] as const;
export interface Probe {
  /** a pod's name */
  readonly from: string;
  /** an address; `lab.probe` also takes the name of a pod or target */
  readonly to: string;
  readonly proto: (typeof probeProtos)[number];
}
const probeAnswerSchema = z.union([
  z.object({ source: z.object({ address: z.string(), port: z.int() }) }),
  z.object({ error: z.string(), errors: z.array(z.object({ field: z.string(), message: z.string() })) }),
  z.object({ error: z.string() }),
]);
export type ProbeAnswer = z.infer<typeof probeAnswerSchema>;

export interface Lab {
  /** Throws an Error when the lab does not answer. */
  status(): Promise<LabStatus>;
  probe(probe: Probe): Promise<ProbeAnswer>;
}

const TIMEOUT_MS = 10_000;

export const openLab = (socketPath: string): Lab => ({
  status: async () => labStatusSchema.parse(await ask(socketPath, 'GET', '/status')),
  probe: async (probe) => probeAnswerSchema.parse(await ask(socketPath, 'POST', '/probe', probe)),
});

function ask(socketPath: string, method: string, path: string, body?: object): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const text = body === undefined ? '' : JSON.stringify(body);
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
    const req = request({ socketPath, method, path, headers, timeout: TIMEOUT_MS }, (res) => {
      const chunks: Buffer[] = [];
      res.on('data', (chunk: Buffer) => chunks.push(chunk));
      res.on('error', reject);
      res.on('end', () => {
        try {
          resolve(JSON.parse(Buffer.concat(chunks).toString('utf8')));
        } catch {
          reject(new Error('the answer must be JSON'));
        }
      });
    });
    req.on('timeout', () => req.destroy(new Error(`no answer in ${TIMEOUT_MS / 1000} s`)));
    req.on('error', reject);
    req.end(text);
  });
}
