export interface Versioned {
  readonly uid: string;
  readonly resourceVersion: string;
}

/**
 * Resource versions of one type are comparable numbers (Kubernetes 1.35; true of every etcd before). Of others, which
 * something between us and the server may make up, it is only known whether they differ.
 */
export function isNewer(known: Versioned | undefined, { uid, resourceVersion }: Versioned): boolean {
  if (known?.uid !== uid) return true;
  const versions = [resourceVersion, known.resourceVersion];
  if (!versions.every((version) => /^\d{1,20}$/.test(version))) return resourceVersion !== known.resourceVersion;
  return BigInt(resourceVersion) > BigInt(known.resourceVersion);
}
