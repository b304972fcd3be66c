/** Pools as canonical Calico YAML: fixed order, only the fields that are set, text that every YAML reader reads alike. */
import { formatPrefix, parsePrefix } from '../net/prefix.ts';
import { type Pool, poolSpecSchema } from '../pool/spec.ts';
import { scalar } from './scalar.ts';

const apiVersions = { v3: 'projectcalico.org/v3', v1: 'crd.projectcalico.org/v1' } as const;
const fields = poolSpecSchema.keyof().options;

/** `v1` is the storage group crd.projectcalico.org/v1. No pools give an empty List. */
export function writePools(pools: readonly Pool[], api: 'v3' | 'v1'): string {
  if (pools.length === 0) return 'apiVersion: v1\nkind: List\nitems: []\n';
  return pools.map((pool) => writePool(pool, apiVersions[api])).join('---\n');
}

function writePool({ name, spec }: Pool, apiVersion: string): string {
  const lines = [`apiVersion: ${apiVersion}`, 'kind: IPPool', 'metadata:', `  name: ${scalar(name)}`, 'spec:'];
  for (const field of fields) {
    const value = field === 'cidr' ? canonical(spec.cidr) : spec[field];
    if (value === undefined) continue;
    if (!Array.isArray(value)) lines.push(`  ${field}: ${typeof value === 'string' ? scalar(value) : value}`);
    else if (value.length === 0) lines.push(`  ${field}: []`);
    else lines.push(`  ${field}:`, ...value.map((one) => `    - ${scalar(one)}`));
  }
  return `${lines.join('\n')}\n`;
}

function canonical(cidr: string): string {
  const parsed = parsePrefix(cidr);
  return parsed.ok ? formatPrefix(parsed.value) : cidr;
}
