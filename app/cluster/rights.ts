/** What our account may do in the cluster, as tasks in words, and what is missing as a role to copy. Pure. */
export interface Right {
  verb: string;
  resource: string;
  /** empty for the core group */
  group: string;
  namespace?: string | undefined;
  /** of the one object that it is about */
  name?: string | undefined;
  allowed: boolean;
}

export interface Task {
  words: string;
  /** "ippools.projectcalico.org" */
  on: string;
  missing: readonly string[];
}

const tasks: readonly { words: string; resource: string; verbs: readonly string[] }[] = [
  { words: 'See the pools of the cluster', resource: 'ippools', verbs: ['list', 'watch'] },
  { words: 'Bring pools to what is desired', resource: 'ippools', verbs: ['patch', 'create'] },
  { words: 'Delete there what is deleted here', resource: 'ippools', verbs: ['delete'] },
  { words: 'Read the NAT settings', resource: 'felixconfigurations', verbs: ['list', 'watch'] },
  { words: 'Bring NAT settings to what is decided', resource: 'felixconfigurations', verbs: ['patch', 'create'] },
  { words: 'See which addresses of a pool are in use', resource: 'ipamblocks', verbs: ['list'] },
  { words: 'Know the nodes and their addresses', resource: 'nodes', verbs: ['list', 'watch'] },
  { words: 'Find pods by name', resource: 'pods', verbs: ['list', 'watch'] },
  { words: 'Find services by name', resource: 'services', verbs: ['list', 'watch'] },
  { words: 'Know the backends of services', resource: 'endpointslices', verbs: ['list', 'watch'] },
  { words: 'Know whose token an agent signs in by', resource: 'tokenreviews', verbs: ['create'] },
  { words: 'Agree on one server that leads', resource: 'leases', verbs: ['get', 'create', 'update'] },
];

/** One line a task, those with a missing right first. A right that no task names stands as a task of its own. */
export function tasksOf(rights: readonly Right[]): Task[] {
  const lines = new Map<string, Task & { missing: string[] }>();
  for (const right of rights) {
    const task = tasks.find(({ resource, verbs }) => resource === right.resource && verbs.includes(right.verb));
    const on = right.group === '' ? right.resource : `${right.resource}.${right.group}`;
    const words = task?.words ?? `Do ${right.verb} on ${right.resource}`;
    const line = lines.get(`${words} ${on}`) ?? { words, on, missing: [] };
    if (!right.allowed) line.missing.push(right.verb);
    lines.set(`${words} ${on}`, line);
  }
  return [...lines.values()].sort((a, b) => Number(b.missing.length > 0) - Number(a.missing.length > 0));
}

/** The roles that would allow what is missing: one for the cluster, one a namespace. Empty when nothing is missing. */
export function missingRoles(rights: readonly Right[]): string {
  const missing = rights.filter(({ allowed }) => !allowed);
  const places = [...new Set(missing.map(({ namespace }) => namespace))];
  return places
    .map((namespace) =>
      roleOf(
        namespace,
        missing.filter((right) => right.namespace === namespace),
      ),
    )
    .join('---\n');
}

function roleOf(namespace: string | undefined, rights: readonly Right[]): string {
  const kinds = [
    ...new Map(
      rights.map(({ group, resource, name }) => [`${group}/${resource}/${name ?? ''}`, { group, resource, name }]),
    ).values(),
  ];
  const rules = kinds.map(({ group, resource, name }) => {
    const verbs = rights
      .filter((right) => right.group === group && right.resource === resource && right.name === name)
      .map(({ verb }) => `"${verb}"`);
    const names = name === undefined ? '' : `    resourceNames: ["${name}"]\n`;
    return `  - apiGroups: ["${group}"]\n    resources: ["${resource}"]\n${names}    verbs: [${verbs.join(', ')}]\n`;
  });
  return [
    'apiVersion: rbac.authorization.k8s.io/v1\n',
    `kind: ${namespace === undefined ? 'ClusterRole' : 'Role'}\n`,
    'metadata:\n  name: outgate-missing\n',
    namespace === undefined ? '' : `  namespace: ${namespace}\n`,
    'rules:\n',
    ...rules,
  ].join('');
}
