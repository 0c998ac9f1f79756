import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readExamples } from './support/examples';
import { nx, readDigest, root } from './support/workspace';

/**
 * Left out: builders, Java and Kafka, which are large and built by few tests, and examples for the host's platform or a
 * registry, which differ between machines.
 */
const projects = [
  ...['proxy', 'admin', 'plugin-*', 'base-*', '!base-*-builder'],
  ...['!base-java-runtime', '!base-kafka', 'example-*'],
  ...readExamples()
    .filter(({ expected }) => expected.platforms === 'host' || expected.registry)
    .map(({ name }) => `!example-${name}`),
];

/**
 * Digests recorded on other machines: a commit gives the same bytes on every machine. A commit that changes an image
 * updates its line with `npx jest --config test/e2e/jest.config.cjs digests -u`, and explains why.
 */
test('every image has its recorded digest', async () => {
  await nx(['run-many', '-t', 'build-image', `--projects=${projects.join()}`], { timeout: 1_200_000 });
  const shown = await nx(['show', 'projects', `--projects=${projects.join()}`, '--json']);
  const names = (JSON.parse(shown) as string[]).sort();
  const recorded = Object.fromEntries(names.map((name) => [name, readDigest(name).index.digest]));
  expect(recorded).toMatchSnapshot();
  // The transcript of the README is one of these builds.
  expect(readFileSync(join(root, 'README.md'), 'utf8')).toContain(recorded['plugin-memstore']);
}, 1_500_000);
