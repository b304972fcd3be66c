/** Who may import whom: docs/decisions/0002-rooms.md says why. Checked by `npm test`. */
const only = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from },
  to: { pathNot: allowed, dependencyTypesNot: ['core'] },
});

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
    { name: 'packages-are-named', severity: 'error', from: {}, to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] } },
    {
      name: 'core-is-pure',
      comment: 'core has no I/O: no node builtins, and three pure libraries alone (tests may use node).',
      severity: 'error',
      from: { path: '^core/', pathNot: '\\.test\\.ts$' },
      to: { pathNot: ['^core/', '^node_modules/(zod|yaml|@noble/hashes)/'] },
    },
    only('core-net', '^core/net/(?!.*\\.test\\.ts$)', ['^core/net/'], 'net <- pool <- nat <- rules, calico, wire'),
    only('core-pool', '^core/pool/(?!.*\\.test\\.ts$)', ['^core/(net|pool)/', '^node_modules/'], 'net <- pool <- nat'),
    only('core-nat', '^core/nat/(?!.*\\.test\\.ts$)', ['^core/(net|pool|nat)/', '^node_modules/'], 'pool <- nat'),
    only(
      'core-rules',
      '^core/rules/(?!.*\\.test\\.ts$)',
      ['^core/(net|pool|nat|rules)/', '^node_modules/'],
      'nat <- rules',
    ),
    only(
      'core-calico',
      '^core/calico/(?!.*\\.test\\.ts$)',
      ['^core/(net|pool|nat|calico)/', '^node_modules/'],
      'nat <- calico',
    ),
    only(
      'core-cluster',
      '^core/cluster/(?!.*\\.test\\.ts$)',
      ['^core/(net|pool|nat|calico|cluster)/', '^node_modules/'],
      'calico <- cluster',
    ),
    only(
      'core-names',
      '^core/names/(?!.*\\.test\\.ts$)',
      ['^core/(net|pool|nat|calico|names)/', '^node_modules/'],
      'calico <- names',
    ),
    only(
      'core-wire',
      '^core/wire/(?!.*\\.test\\.ts$)',
      ['^core/(net|pool|nat|wire)/', '^node_modules/'],
      'nat <- wire',
    ),
    {
      name: 'agent-is-small',
      comment: 'the agent is one bundled file: core and node builtins, nothing else.',
      severity: 'error',
      from: { path: '^agent/', pathNot: '\\.test\\.ts$|^agent/bundle\\.mjs$' },
      to: { pathNot: ['^(core|agent)/'], dependencyTypesNot: ['core'] },
    },
    {
      name: 'server-imports',
      severity: 'error',
      from: { path: '^server/', pathNot: '\\.test\\.ts$' },
      to: { pathNot: ['^(core|server)/', '^node_modules/'], dependencyTypesNot: ['core'] },
    },
    {
      name: 'server-has-no-react',
      severity: 'error',
      from: { path: '^server/' },
      to: { path: '^node_modules/(react|react-dom)/' },
    },
    {
      name: 'prisma-in-db-alone',
      severity: 'error',
      from: { pathNot: '^server/db/|^prisma\\.config\\.ts$|^scripts/schema-engine' },
      to: { path: '(^|/)(@?prisma)/|^server/db/generated/' },
    },
    {
      name: 'kubernetes-client-in-kube-alone',
      severity: 'error',
      from: { pathNot: '^server/kube/' },
      to: { path: '^node_modules/(@kubernetes|undici)/' },
    },
    {
      name: 'app-knows-types-of-the-router-alone',
      severity: 'error',
      from: { path: '^app/' },
      to: { path: '^(server|agent|cli|bench|scripts|e2e)/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'app-types-come-from-the-router',
      severity: 'error',
      from: { path: '^app/' },
      to: { path: '^server/', pathNot: '^server/trpc/router\\.ts$' },
    },
    {
      name: 'services-know-no-http',
      severity: 'error',
      from: { path: '^server/(services|db)/', pathNot: '\\.test\\.ts$' },
      to: { path: ['^server/(trpc|http|auth|agents)/', '^node_modules/@trpc/'] },
    },
    {
      name: 'services-stand-on-the-rest',
      comment: 'what services are made of knows none of them: core has what both say.',
      severity: 'error',
      from: { path: '^server/(controller|db|events|kube|state)/', pathNot: '\\.test\\.ts$' },
      to: { path: '^server/services/' },
    },
    {
      name: 'nobody-imports-the-edges',
      severity: 'error',
      from: { path: '^(core|server|app|agent)/', pathNot: '\\.test\\.ts$' },
      to: { path: '^(cli|bench|e2e|scripts)/' },
    },
  ],
  options: {
    doNotFollow: { path: ['node_modules', '^server/db/generated'] },
    parser: 'swc',
    detectJSDocImports: false,
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.json'],
    },
  },
};
