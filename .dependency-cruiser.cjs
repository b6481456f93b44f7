// Who may look into which room. The drawing is in docs; this file is what is enforced. Every rule is an error.
const pureRooms = '(admission|trust|merge|vttif|wren|vsched|vadapt|vreserve|plan)';
const roomsAlone = '(admission|trust|merge|vttif|wren|vsched|vreserve|plan)';
const packagesOf = (...names) => names.map((name) => `node_modules/${name}/`);
/** Packages that compute and do nothing else. */
const purePackages = packagesOf(
  '@bufbuild/re2',
  '@marcbachmann/cel-js',
  'ajv',
  'ajv-formats',
  'diff',
  'flatqueue',
  'pure-rand',
  'yaml',
);

/** What no pure room may see, apart from what a rule excepts. */
const outside = '^(wire|reconciler|agents|lab|cli|web|test|bench|tools|package-root)';

const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

module.exports = {
  forbidden: [
    rule('no-circular', 'Modules that need each other are one module or miss a third.', {}, { circular: true }),
    rule('no-unresolvable', 'The import leads nowhere: correct the path.', {}, { couldNotResolve: true }),
    rule(
      'no-orphans',
      'Nobody imports the module and it imports nobody: use it or remove it.',
      { orphan: true, pathNot: ['^package-root\\.ts$', '\\.d\\.ts$', '/generated/', '^cli/main\\.ts$'] },
      {},
    ),
    rule(
      'no-undeclared-packages',
      'Rooms run from the dependencies of package.json alone, not from development tools or what others bring along.',
      { path: '^(schema|wire|reconciler|agents|lab|cli)/' },
      { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], pathNot: 'node_modules/@types/' },
    ),

    rule(
      'schema-imports-itself-only',
      'The contract knows nobody who uses it.',
      { path: '^schema/' },
      { path: '^[^/]+', pathNot: ['^schema/', '^node_modules/', '^crypto$'] },
    ),
    rule(
      'model-imports-schema-only',
      'schema <- reconciler/model <- everything else of the reconciler.',
      { path: '^reconciler/model/' },
      { path: '^[^/]+', pathNot: ['^reconciler/model/', '^schema/', ...purePackages, '^crypto$'] },
    ),
    rule(
      'siblings-never-import-each-other',
      'reconciler/pass.ts composes the pure rooms: move what two of them need into reconciler/model.',
      { path: `^reconciler/${roomsAlone}/` },
      { path: `^reconciler/${pureRooms}/`, pathNot: '^reconciler/$1/' },
    ),
    rule(
      'vadapt-asks-vsched-alone',
      'Whether processors of a host keep schedules is a hard constraint of a mapping; of other pure rooms the search knows nothing.',
      { path: '^reconciler/vadapt/' },
      { path: `^reconciler/${pureRooms}/`, pathNot: '^reconciler/(vadapt|vsched)/' },
    ),
    rule(
      'pure-rooms-look-down-only',
      'A pure room sees itself, reconciler/model and schema.',
      { path: `^reconciler/${pureRooms}/` },
      {
        path: outside,
        pathNot: [`^reconciler/(model|${pureRooms})/`],
      },
    ),
    rule(
      'pure-rooms-do-no-input-or-output',
      'Time, seeds and documents come as arguments; of Node only createHash of node:crypto.',
      {
        path: [
          `^schema/`,
          `^reconciler/(model|${pureRooms})/`,
          '^reconciler/pass(\\.ts$|/)',
          '^reconciler/ports\\.ts$',
        ],
      },
      { dependencyTypes: ['core'], pathNot: '^crypto$' },
    ),
    rule(
      'pure-rooms-use-pure-packages',
      `Add a package to the list in this file only if it has no clock, randomness, files or network.`,
      {
        path: [
          `^schema/`,
          `^reconciler/(model|${pureRooms})/`,
          '^reconciler/pass(\\.ts$|/)',
          '^reconciler/ports\\.ts$',
        ],
      },
      { path: 'node_modules/', pathNot: purePackages },
    ),
    rule(
      'pass-composes-pure-rooms',
      'The pass decides from values; ports are named in its types and called by the loop.',
      { path: '^reconciler/pass(\\.ts$|/)' },
      {
        path: outside,
        pathNot: [`^reconciler/(model|pass|${pureRooms})/`, '^reconciler/ports\\.ts$'],
      },
    ),
    rule(
      'pass-knows-ports-as-types-only',
      'The pass performs no effect.',
      { path: '^reconciler/pass(\\.ts$|/)' },
      { path: '^reconciler/ports\\.ts$', dependencyTypesNot: ['type-only'] },
    ),
    rule(
      'ports-name-values-only',
      'Ports are the interfaces between the pass and the world: both sides import them.',
      { path: '^reconciler/ports\\.ts$' },
      {
        path: outside,
        pathNot: [`^reconciler/(model|${pureRooms})/`],
      },
    ),
    rule(
      'apply-knows-ports-not-adapters',
      'What applies a plan must work over every adapter.',
      { path: '^reconciler/apply\\.ts$' },
      { path: '^reconciler/(adapters/|api/|loop\\.ts)' },
    ),
    rule(
      'adapters-know-ports-only',
      'ports <- adapters <- loop: an adapter implements a port and decides nothing.',
      { path: '^reconciler/adapters/' },
      { path: '^reconciler/(api/|loop\\.ts|pass\\.ts|apply\\.ts)' },
    ),
    rule(
      'api-reads-through-ports',
      'The API shows plans, journal and live state; it drives nothing.',
      { path: '^reconciler/api/' },
      { path: '^reconciler/(adapters/|loop\\.ts|apply\\.ts)' },
    ),

    rule(
      'wire-imports-schema-only',
      'Both ends of the connection use it, so it knows neither.',
      { path: '^wire/' },
      { path: '^(reconciler|agents|lab|cli|web|test|bench|tools)/' },
    ),
    rule(
      'reconciler-never-imports-agents',
      'They share the schema and the wire, so that agents can be of another version.',
      { path: '^reconciler/' },
      { path: '^(agents|lab)/' },
    ),
    rule(
      'agents-import-schema-and-wire',
      'An agent runs alone on a host.',
      { path: '^agents/' },
      { path: '^(reconciler|lab|cli|web|test|bench|tools)/' },
    ),
    rule(
      'lab-imports-schema-and-agents',
      'The lab builds hosts and starts agents; cli brings it together with the reconciler.',
      { path: '^lab/' },
      { path: '^(reconciler|cli|web|test|bench|tools)/' },
    ),
    rule(
      'nobody-imports-cli',
      'The command line composes everything and is needed by nothing.',
      { path: '^(schema|wire|reconciler|agents|lab)/' },
      { path: '^cli/' },
    ),
    rule(
      'rooms-never-import-tools',
      'Tests, benchmarks and tools are not part of what runs.',
      { path: '^(schema|wire|reconciler|agents|lab|cli)/' },
      { path: '^(test|bench|tools)/' },
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['^dist/', '^coverage/'] },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
