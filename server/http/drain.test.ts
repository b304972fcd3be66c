import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { expect, test } from 'vitest';
import { drain } from './drain.ts';

test('neither an answer without an end nor an upgraded connection holds it up', async () => {
  const server = createServer((_req, res) => void res.write('for ever'));
  server.on('upgrade', (_req, socket) => {
    socket.on('error', () => {});
    socket.write('HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const sockets = ['', 'upgrade: x\r\nconnection: upgrade\r\n'].map((more) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`GET / HTTP/1.1\r\nhost: x\r\n${more}\r\n`));
    socket.on('error', () => {});
    return socket;
  });
  await Promise.all(sockets.map((socket) => once(socket, 'data')));
  let told = 0;
  const start = performance.now();
  await drain(
    server,
    () => {
      told++;
    },
    300,
  );
  expect(told).toBe(1);
  expect(performance.now() - start).toBeGreaterThan(250);
  for (const socket of sockets) socket.destroy();
});
