/**
 * What is read from an object, so that every database can hold it: PostgreSQL takes neither NUL nor half of a surrogate pair
 * in JSON, while an API server stores whatever a string may be. Each becomes U+FFFD.
 */
export function storable<T>(value: T): T {
  return isStorable(value) ? value : (cleaned(value) as T);
}

/** Nearly everything is: it is left as it is, and nothing is made anew. */
function isStorable(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\0');
  if (Array.isArray(value)) return value.every(isStorable);
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([key, one]) => isStorable(key) && isStorable(one));
}

function cleaned(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed().replaceAll('\0', '\ufffd');
  if (Array.isArray(value)) return value.map(cleaned);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [cleaned(key), cleaned(one)]));
}
