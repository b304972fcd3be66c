/** X.509 certificates for tests: an authority, and a server at 127.0.0.1 that it vouches for. Good for an hour. */
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

export interface Authority {
  /** PEM */
  readonly cert: string;
  /** A key and certificate for 127.0.0.1, PEM. */
  issue(): { readonly key: string; readonly cert: string };
}

export function authority(name: string): Authority {
  const own = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    cert: certificate({ subject: name, issuer: name, key: own.publicKey, signer: own.privateKey, ca: true }),
    issue() {
      const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const cert = certificate({ subject: 'server', issuer: name, key: publicKey, signer: own.privateKey, ca: false });
      return { key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), cert };
    },
  };
}

function certificate(input: {
  subject: string;
  issuer: string;
  key: KeyObject;
  signer: KeyObject;
  ca: boolean;
}): string {
  const ecdsaWithSha256 = der(0x30, Buffer.from('06082a8648ce3d040302', 'hex'));
  const at = (offset: number): Buffer => {
    const text = new Date(Date.now() + offset).toISOString().replaceAll(/[-:T]|\.\d+/g, '');
    return der(0x18, Buffer.from(text));
  };
  const extension = (oid: string, value: Buffer): Buffer => der(0x30, Buffer.from(oid, 'hex'), der(0x04, value));
  const extensions = input.ca
    ? extension('0603551d13', der(0x30, Buffer.from('0101ff', 'hex')))
    : extension('0603551d11', der(0x30, der(0x87, Buffer.from([127, 0, 0, 1]))));
  const body = der(
    0x30,
    der(0xa0, Buffer.from('020102', 'hex')),
    der(0x02, Buffer.from([input.ca ? 1 : 2])),
    ecdsaWithSha256,
    nameOf(input.issuer),
    der(0x30, at(-60_000), at(3_600_000)),
    nameOf(input.subject),
    input.key.export({ type: 'spki', format: 'der' }),
    der(0xa3, der(0x30, extensions)),
  );
  const signature = der(0x03, Buffer.from([0]), sign('sha256', body, input.signer));
  const base64 = der(0x30, body, ecdsaWithSha256, signature).toString('base64');
  return `-----BEGIN CERTIFICATE-----\n${base64.replaceAll(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
}

const nameOf = (text: string): Buffer =>
  der(0x30, der(0x31, der(0x30, Buffer.from('0603550403', 'hex'), der(0x0c, Buffer.from(text)))));

/** Tag, length, contents. */
function der(tag: number, ...contents: readonly Buffer[]): Buffer {
  const body = Buffer.concat(contents);
  const size = body.length;
  const length = size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 255];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
}
