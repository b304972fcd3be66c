/** A body that gzip may have packed: a report of ten thousand ranges is a megabyte, and a tenth of it on its way. */
import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip, type ZlibOptions } from 'node:zlib';
import { type BodyResult, readBody, readBytes } from './body.ts';

export type PackedResult = BodyResult | { readonly ok: false; readonly reason: 'UNKNOWN_ENCODING' | 'NOT_GZIP' };

/** `limit` bounds the bytes that come and what they unpack to: reading and unpacking stop at it. */
export async function readPackedBody(req: IncomingMessage, limit: number): Promise<PackedResult> {
  const encoding = req.headers['content-encoding'] ?? 'identity';
  if (encoding === 'identity') return readBody(req, limit);
  if (encoding !== 'gzip') return { ok: false, reason: 'UNKNOWN_ENCODING' };
  const body = await readBytes(req, limit);
  if (!body.ok) return body;
  try {
    return { ok: true, text: (await unpack(body.bytes, { maxOutputLength: limit })).toString('utf8') };
  } catch (error) {
    const tooLarge = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
    return { ok: false, reason: tooLarge ? 'TOO_LARGE' : 'NOT_GZIP' };
  }
}

const unpack = promisify<Buffer, ZlibOptions, Buffer>(gunzip);
