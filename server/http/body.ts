import type { IncomingMessage } from 'node:http';

interface NoBody {
  readonly ok: false;
  readonly reason: 'TOO_LARGE' | 'CUT_OFF';
}
export type BodyResult = { readonly ok: true; readonly text: string } | NoBody;
export type BytesResult = { readonly ok: true; readonly bytes: Buffer } | NoBody;

/** The whole body as text. Reading stops at `limit` bytes: nothing beyond it is kept. */
export async function readBody(req: IncomingMessage, limit: number): Promise<BodyResult> {
  const body = await readBytes(req, limit);
  return body.ok ? { ok: true, text: body.bytes.toString('utf8') } : body;
}

export function readBytes(req: IncomingMessage, limit: number): Promise<BytesResult> {
  // who left while it was looked up who they are: nothing more is heard of this request
  if (req.destroyed) return Promise.resolve({ ok: false, reason: 'CUT_OFF' });
  if (Number(req.headers['content-length'] ?? 0) > limit) return Promise.resolve({ ok: false, reason: 'TOO_LARGE' });
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const finish = (result: BytesResult): void => {
      req.off('data', onData).off('end', onEnd).off('close', onCut).off('error', onCut);
      // a stream that nobody listens to throws its errors
      req.on('error', () => {});
      resolve(result);
    };
    const onData = (chunk: Buffer): void => {
      size += chunk.length;
      if (size > limit) {
        req.pause();
        finish({ ok: false, reason: 'TOO_LARGE' });
      } else chunks.push(chunk);
    };
    const onEnd = (): void => finish({ ok: true, bytes: Buffer.concat(chunks) });
    const onCut = (): void => finish({ ok: false, reason: 'CUT_OFF' });
    req.on('data', onData).on('end', onEnd).on('close', onCut).on('error', onCut);
  });
}
