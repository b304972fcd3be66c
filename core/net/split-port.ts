/** An address as typed for the far end of a connection, which may have its port behind it. */
import { quote } from './quote.ts';

/** `10.96.0.10:80` and `[fd00::1]:80`; `port` null: none is behind it. What has neither form is left whole, as `address`. */
export function splitPort(text: string): { readonly address: string; readonly port: string | null } {
  const [, quad, four] = /^(\d+(?:\.\d+){3}):(.*)$/s.exec(text) ?? [];
  if (quad !== undefined && four !== undefined) return { address: quad, port: four };
  const [, inside, six = null] = /^\[([^\]]*:[^\]]*)\](?::(.*))?$/s.exec(text) ?? [];
  return inside === undefined ? { address: text, port: null } : { address: inside, port: six };
}

type Port<P> = { readonly port: P } | { readonly message: string };

/** A port as typed, strictly: with leading zeros it is octal to some tools. `called` says in the message what it is. */
export function readPort(called: string, text: string): Port<number> {
  if (/^(0|[1-9]\d{0,4})$/.test(text) && Number(text) <= 65535) return { port: Number(text) };
  const zeros = /^0\d+$/.test(text) ? ' without leading zeros' : '';
  return { message: `${called} must be a number from 0 to 65535${zeros}: ${quote(text)}` };
}

/** The port that is asked for, said behind the address, beside it, or both alike. */
export function onePort(behind: string | null, beside: number | undefined): Port<number | undefined> {
  if (behind === null) return { port: beside };
  const read = readPort('port', behind);
  if ('port' in read && beside !== undefined && beside !== read.port) {
    return { message: `port must be said once: ${quote(behind)} behind the address and ${beside} beside it` };
  }
  return read;
}
