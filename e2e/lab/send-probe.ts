/** Runs inside a pod's namespace: one real connection to port 7 of the address given; prints the answer. */
import dgram from 'node:dgram';
import net from 'node:net';
import { ECHO_PORT } from './open-sockets.ts';

const [proto, to = ''] = process.argv.slice(2);
const PATIENCE = 2000;

setTimeout(() => {
  console.error(`no answer from ${to} within ${PATIENCE} ms`);
  process.exit(1);
}, PATIENCE).unref();

if (proto === 'tcp') {
  const connection = net.connect({ host: to, port: ECHO_PORT });
  connection.setEncoding('utf8').on('data', (text) => process.stdout.write(text));
  connection.on('error', (error) => fail(error.message));
} else {
  const socket = dgram.createSocket(net.isIPv6(to) ? 'udp6' : 'udp4');
  socket.on('error', (error) => fail(error.message));
  socket.on('message', (text) => {
    process.stdout.write(text);
    socket.close();
  });
  socket.send('?', ECHO_PORT, to);
}

function fail(message: string): void {
  console.error(message);
  process.exit(1);
}
