/** What every object of the API has. Nothing else is taken for granted: see `readObject`. */
export interface KubeObject {
  readonly metadata: ObjectMeta;
  readonly [field: string]: unknown;
}

export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly [field: string]: unknown;
}

/** Null for what is no object of an API server. */
export function readObject(value: unknown): KubeObject | null {
  if (typeof value !== 'object' || value === null) return null;
  const { metadata } = value as { metadata?: Partial<ObjectMeta> | null };
  const { name, uid, resourceVersion } = metadata ?? {};
  const whole = typeof name === 'string' && typeof uid === 'string' && typeof resourceVersion === 'string';
  return whole ? (value as KubeObject) : null;
}

/** `name`, or `namespace/name`. */
export const keyOf = ({ metadata: { namespace, name } }: KubeObject): string =>
  namespace === undefined ? name : `${namespace}/${name}`;
