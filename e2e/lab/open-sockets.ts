/**
 * Runs inside a lab namespace, for a moment: opens port 7 for TCP and UDP on every address given, hands the sockets to
 * the process that started it, and ends. A socket belongs to the namespace in which it was opened, whoever holds it, so
 * no process has to live in there, and a killed lab process leaves none behind.
 */
import dgram from 'node:dgram';
import { once } from 'node:events';
import net from 'node:net';

export const ECHO_PORT = 7;
export interface OpenedSocket {
  readonly proto: 'tcp' | 'udp';
  readonly address: string;
}

if (import.meta.main) {
  for (const address of process.argv.slice(2)) {
    const server = net.createServer().listen(ECHO_PORT, address);
    await once(server, 'listening');
    await hand({ proto: 'tcp', address }, server);
    const socket = dgram.createSocket(net.isIPv6(address) ? 'udp6' : 'udp4').bind(ECHO_PORT, address);
    await once(socket, 'listening');
    await hand({ proto: 'udp', address }, socket);
  }
  // both processes would accept connections while both hold the sockets
  process.exit(0);
}

function hand(message: OpenedSocket, socket: net.Server | dgram.Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    if (process.send === undefined) throw new Error('must be started with an IPC channel');
    process.send(message, socket, {}, (error) => (error === null ? resolve() : reject(error)));
  });
}
