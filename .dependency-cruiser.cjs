// Imports go one way: the pipeline's order of libs, the plugin on top, effects in the shell only.
'use strict';
const only = (lib, allowed) => ({
  name: `${lib}-imports`,
  comment: `libs/${lib} may import only ${allowed.join(', ') || 'nothing of ours'}`,
  severity: 'error',
  from: { path: `^libs/${lib}/src` },
  to: { path: '^(libs|tools)/', pathNot: `^libs/(${[lib, ...allowed].join('|')})/` },
});

const pure = ['containerfile', 'languages', 'plan', 'engine', 'errors', 'policy', 'report', 'stack', 'dev'];

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-circular-folders',
      comment: 'Two folders of which each imports the other are one folder, or one file is in the wrong one',
      severity: 'error',
      scope: 'folder',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, pathNot: '/test/|index\\.ts$|\\.d\\.ts$' },
      to: {},
    },
    only('errors', []),
    only('containerfile', ['errors']),
    only('languages', ['errors', 'containerfile']),
    only('dev', []),
    only('engine', ['errors']),
    only('stack', ['errors']),
    only('shell', ['errors']),
    only('oci', ['errors', 'shell']),
    only('registry', ['errors', 'containerfile', 'oci', 'shell']),
    only('attestation', ['errors', 'policy', 'oci', 'registry', 'shell']),
    only('audit', ['errors', 'shell']),
    only('policy', ['errors']),
    only('scan', ['errors', 'shell', 'oci', 'assemble', 'policy']),
    only('measure', ['errors', 'oci', 'assemble', 'scan', 'shell']),
    only('report', ['errors', 'measure']),
    only('workspace', ['errors', 'containerfile', 'languages', 'plan', 'assemble', 'shell']),
    only('builder', [
      'errors',
      'containerfile',
      'languages',
      'engine',
      'shell',
      'oci',
      'registry',
      'plan',
      'assemble',
      'rootfs',
      'workspace',
    ]),
    only('plan', ['errors', 'containerfile', 'languages', 'oci']),
    only('rootfs', ['errors', 'containerfile', 'assemble', 'oci', 'shell']),
    only('assemble', ['errors', 'containerfile', 'plan', 'oci', 'shell']),
    {
      name: 'pure-libraries',
      comment: 'A pure library touches no file, process, clock or network',
      severity: 'error',
      from: { path: `^libs/(${pure.join('|')})/src` },
      // A digest is a function of its bytes.
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?(path|util|crypto)(/posix)?$' },
    },
    {
      name: 'one-door-to-processes',
      severity: 'error',
      from: { path: '^(libs|tools)/[^/]+/src', pathNot: '^libs/shell/src/run\\.ts$' },
      to: { path: '(^(node:)?child_process$|node_modules/execa/)' },
    },
    {
      name: 'one-reader-of-toml',
      severity: 'error',
      from: { pathNot: '^libs/languages/src/toml\\.ts$' },
      to: { path: 'node_modules/smol-toml/' },
    },
    {
      name: 'libs-know-nothing-of-nx',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: 'node_modules/(nx|@nx)/' },
    },
  ],
  options: {
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(/test/|/dist/|/gen/|^libs/(proto|plugin-sdk)/)' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default'],
      extensions: ['.ts', '.js', '.json'],
    },
  },
};
