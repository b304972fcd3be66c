/** An address as typed for the far end of a connection, which may have its port behind it. */
import { quote } from './quote.ts';

/** `10.96.0.10:80` and `[fd00::1]:80`; `port` null: none is behind it. What has neither form is left whole, as `address`. */
export function splitPort(text: string): { readonly address: string; readonly port: string | null } {
  const [, quad, four] = /^(\d+(?:\.\d+){3}):(.*)$/s.exec(text) ?? [];
  if (quad !== undefined && four !== undefined) return { address: quad, port: four };
  const [, inside, six = null] = /^\[([^\]]*:[^\]]*)\](?::(.*))?$/s.exec(text) ?? [];
  return inside === undefined ? { address: text, port: null } : { address: inside, port: six };
}

/** The port that is asked for, said behind the address, beside it, or both alike. */
export function onePort(
  behind: string | null,
  beside: number | undefined,
): { readonly port: number | undefined } | { readonly message: string } {
  if (behind === null) return { port: beside };
  if (!/^\d{1,5}$/.test(behind) || Number(behind) > 65535) {
    return { message: `port must be a number from 0 to 65535: ${quote(behind)}` };
  }
  if (beside !== undefined && beside !== Number(behind)) {
    return { message: `port must be said once: ${quote(behind)} behind the address and ${beside} beside it` };
  }
  return { port: Number(behind) };
}
