/** Which Node the server runs on. */

/**
 * `shouldUpgradeCallback` of http/edge.ts came with it: an older one passes it over without a word, and the connection of
 * each WebSocket that somebody asks for would stay open.
 */
const OLDEST = { major: 24, minor: 9 };

/** Why the server must not run on Node of this version (`24.21.0`); null: it may. */
export function nodeRefusal(version: string): string | null {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > OLDEST.major || (major === OLDEST.major && minor >= OLDEST.minor)) return null;
  return `the server must run on Node ${OLDEST.major}.${OLDEST.minor} or newer; this is ${version}: npm start brings one`;
}
