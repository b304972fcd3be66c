/**
 * What is read from an object, so that every database can hold it: PostgreSQL takes neither NUL nor half of a surrogate pair
 * in JSON, while an API server stores whatever a string may be. Each becomes U+FFFD.
 */
export function storable<T>(value: T): T {
  return cleaned(value) as T;
}

function cleaned(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed().replaceAll('\0', '\ufffd');
  if (Array.isArray(value)) return value.map(cleaned);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [cleaned(key), cleaned(one)]));
}
