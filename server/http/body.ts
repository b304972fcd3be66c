import type { IncomingMessage } from 'node:http';

export type BodyResult =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly reason: 'TOO_LARGE' | 'CUT_OFF' };

/** The whole body as text. Reading stops at `limit` bytes: nothing beyond it is kept. */
export function readBody(req: IncomingMessage, limit: number): Promise<BodyResult> {
  if (Number(req.headers['content-length'] ?? 0) > limit) return Promise.resolve({ ok: false, reason: 'TOO_LARGE' });
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const finish = (result: BodyResult): void => {
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
    const onEnd = (): void => finish({ ok: true, text: Buffer.concat(chunks).toString('utf8') });
    const onCut = (): void => finish({ ok: false, reason: 'CUT_OFF' });
    req.on('data', onData).on('end', onEnd).on('close', onCut).on('error', onCut);
  });
}
