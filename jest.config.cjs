const swc = ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } }];

module.exports = {
  testMatch: ['<rootDir>/libs/*/test/**/*.spec.ts', '<rootDir>/tools/*/test/**/*.spec.ts'],
  transform: { '\\.ts$': swc },
  // execa and its friends are ES modules only.
  transformIgnorePatterns: [],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/tmp/', '<rootDir>/.prism/'],
  testTimeout: 60_000,
};
