/** What must stand in the objects of a type: an answer that was meant for another question must not empty this one. */

/** What is not as it must be; null: nothing. `path` of the type: `/apis/projectcalico.org/v3/ippools`. */
export function strangeType(path: string, object: object, suffix: '' | 'List'): string | null {
  const { apiVersion, kind } = object as { apiVersion?: unknown; kind?: unknown };
  // of objects without their fields the type is always this one
  if (apiVersion === META && kind === `PartialObjectMetadata${suffix}`) return null;
  const [, version = '', plural = ''] = /^\/apis?\/(.*?)\/(?:namespaces\/[^/]+\/)?([^/]+)$/.exec(path) ?? [];
  const wanted = `${plural.replace(/s$/, '')}${suffix.toLowerCase()}`;
  if (apiVersion === version && typeof kind === 'string' && kind.toLowerCase() === wanted) return null;
  return `the answer must be of ${plural} in ${version}; it is ${text(kind)} of ${text(apiVersion)}`;
}

const META = 'meta.k8s.io/v1';

const text = (value: unknown): string => (typeof value === 'string' ? `'${value.slice(0, 100)}'` : 'unnamed');
