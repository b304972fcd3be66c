// JSON-RPC, one object a line: requests on stdin, answers on stdout, in the order they came.
import { createInterface } from 'node:readline';

const FAILED = { code: 4466, message: 'An error happened. Check the data field for details.' };

/** Resolves when stdin has ended and everything is answered. */
export async function serveRpc(call) {
  let id = 1_000_000;
  // our own requests, numbered far away from the CLI's
  const print = (content) => send({ id: id++, method: 'print', params: { content } });
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
    const request = parse(line);
    // without a method it is the CLI's answer to a print
    if (request?.method === undefined) continue;
    try {
      send({ id: request.id, result: await call(request.method, request.params, print) });
    } catch (error) {
      send({ id: request.id, error: { ...FAILED, data: describe(error) } });
    }
  }
}

const send = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);

const describe = (error) => ({
  is_panic: false,
  message: error?.message ?? String(error),
  meta: error?.meta,
  error_code: /^P\d/.test(error?.code) ? error.code : undefined,
});

function parse(line) {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
