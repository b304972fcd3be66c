/** The lab's HTTP over a Unix socket: `GET /status`, `POST /probe`. Errors are `{error, errors?}` with a 4xx status. */
import { chmodSync, rmSync } from 'node:fs';
import http from 'node:http';
import type { LabPlan } from './plan.ts';
import { readProbe, sendProbe } from './probe.ts';

const LARGEST_BODY = 10_000;

/** Resolves when it listens on `socket`, which only this user may open. */
export function startApi(plan: LabPlan, socket: string): Promise<http.Server> {
  // of a lab that was killed; a living one holds the lab's lock, and we would not be here
  rmSync(socket, { force: true });
  const server = http.createServer((request, response) => {
    answer(plan, request)
      .catch((error: unknown) => ({
        status: 500,
        body: { error: error instanceof Error ? error.message : String(error) },
      }))
      .then(({ status, body }) => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      })
      .catch(() => response.destroy());
  });
  return new Promise((resolve, reject) => {
    server.on('error', reject);
    server.listen(socket, () => {
      chmodSync(socket, 0o600);
      resolve(server);
    });
  });
}

async function answer(plan: LabPlan, request: http.IncomingMessage): Promise<{ status: number; body: unknown }> {
  const asked = `${request.method} ${request.url}`;
  if (asked === 'GET /status') return { status: 200, body: statusOf(plan) };
  if (asked !== 'POST /probe') return { status: 404, body: { error: 'there are GET /status and POST /probe' } };
  const text = await readBody(request);
  if (text === null) return { status: 413, body: { error: `the body must be at most ${LARGEST_BODY} bytes` } };
  const probe = readProbe(plan, parse(text));
  if ('errors' in probe) {
    const error = probe.errors.map((one) => one.message).join('; ');
    return { status: 400, body: { error, errors: probe.errors } };
  }
  return { status: 200, body: await sendProbe(plan, probe) };
}

const statusOf = (plan: LabPlan) => ({
  pods: plan.pods.map(({ name, node, addresses }) => ({ name, node, addresses })),
  targets: plan.outside.targets,
});

async function readBody(request: http.IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LARGEST_BODY) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
