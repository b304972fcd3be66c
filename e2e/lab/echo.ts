/** Answers on port 7 of a namespace's addresses with the source address and port that it saw: `ADDRESS PORT\n`. */
import { spawn } from 'node:child_process';
import dgram from 'node:dgram';
import { once } from 'node:events';
import net from 'node:net';
import { fileURLToPath } from 'node:url';
import type { OpenedSocket } from './open-sockets.ts';

const OPENER = fileURLToPath(new URL('./open-sockets.ts', import.meta.url));

export interface Echo {
  close(): void;
}

/** Resolves when every address answers on TCP and UDP; throws with what the namespace said when one cannot be opened. */
export async function startEcho(namespace: string, addresses: readonly string[]): Promise<Echo> {
  const opener = spawn('ip', ['netns', 'exec', namespace, process.execPath, OPENER, ...addresses], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let stderr = '';
  opener.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const opened: (net.Server | dgram.Socket)[] = [];
  opener.on('message', (_: OpenedSocket, socket) => {
    if (socket instanceof net.Server) opened.push(socket.on('connection', answerConnection));
    else if (socket instanceof dgram.Socket) opened.push(answerDatagrams(socket));
  });
  const [code] = await once(opener, 'close');
  const echo: Echo = {
    close() {
      for (const socket of opened) socket.close();
    },
  };
  if (opened.length === 2 * addresses.length) return echo;
  echo.close();
  throw new Error(`port 7 could not be opened in ${namespace} (exit ${code}): ${stderr.trim()}`);
}

function answerConnection(connection: net.Socket): void {
  // the other side may reset at any time; that is its own affair
  connection.on('error', () => {});
  connection.end(seen(connection.remoteAddress ?? '', connection.remotePort ?? 0));
}

function answerDatagrams(socket: dgram.Socket): dgram.Socket {
  socket.on('error', () => {});
  return socket.on('message', (_, from) => socket.send(seen(from.address, from.port), from.port, from.address));
}

const seen = (address: string, port: number): string => `${address} ${port}\n`;
