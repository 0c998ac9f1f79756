const swc = [
  '@swc/jest',
  { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } },
];

module.exports = {
  testMatch: ['<rootDir>/libs/*/test/**/*.spec.ts', '<rootDir>/tools/*/test/**/*.spec.ts'],
  // These, or what they import, are ES modules only.
  transform: {
    '\\.ts$': swc,
    '/node_modules/(execa/index\\.js|@observablehq/plot/src/index\\.js|linkedom/cjs/index\\.js|d3-hierarchy/dist/d3-hierarchy\\.mjs)$':
      '<rootDir>/test/support/bundleModule.cjs',
    '\\.py$': '<rootDir>/test/support/textModule.cjs',
  },
  transformIgnorePatterns: [],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/tmp/', '<rootDir>/.prism/'],
  setupFilesAfterEnv: ['<rootDir>/test/support/recordCpu.cjs'],
  testSequencer: '<rootDir>/test/support/longestFirst.cjs',
  testTimeout: 60_000,
  // The default replaces all globals by accessors after each file, which ended a run with a full stack.
  testEnvironmentOptions: { globalsCleanup: 'off' },
};
