// End-to-end: real builds, engines and servers. They share one machine, so the tests run one at a time.
const swc = [
  '@swc/jest',
  { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } },
];

module.exports = {
  rootDir: __dirname,
  testMatch: ['<rootDir>/*.spec.ts'],
  transform: { '\\.ts$': swc },
  modulePathIgnorePatterns: ['<rootDir>/client/'],
  globalSetup: '<rootDir>/support/globalSetup.ts',
  globalTeardown: '<rootDir>/support/globalTeardown.ts',
  setupFilesAfterEnv: ['<rootDir>/../support/recordCpu.cjs'],
  reporters: ['default', '<rootDir>/support/skipReporter.cjs'],
  maxWorkers: 1,
  testTimeout: 300_000,
  testEnvironmentOptions: { globalsCleanup: 'off' },
};
