/**
 * A bare way from the API server to many streams: a watch, and an answer that is never ended for each who asks. Forked with
 * URL, CA file, token and path; says its address, and is told the line that every event is to become.
 */
import { readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { rawWatch } from '../raw-watch.ts';

const [url = '', caFile = '', token = '', path = ''] = process.argv.slice(2);
const open: ServerResponse[] = [];
let line = '';
process.on('message', (text: string) => {
  line = text;
});
process.on('disconnect', () => process.exit(0));
const watch = await rawWatch({ url, ca: readFileSync(caFile, 'utf8'), token }, path);
const server = createServer((_req, res) => {
  res.writeHead(200, { 'content-type': 'application/x-ndjson; charset=utf-8' });
  res.flushHeaders();
  open.push(res);
});
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
for (;;) {
  await watch.seen(() => true);
  for (const res of open) res.write(line);
}
