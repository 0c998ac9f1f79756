import { basename, dirname, join } from 'node:path';
import { buildOptions, readImagesLock, readRequest } from '@prism-build/builder';
import { type BaseImage, MANIFEST_TYPE } from '@prism-build/oci';
import { type Bases, type ImagePlan, type PlannedImage, planImage, resolveReads } from '@prism-build/plan';
import { formatReference, lockedBase, parseReference } from '@prism-build/registry';
import { imageName, projectNameOf, readBelow } from '@prism-build/workspace';
import glob from 'fast-glob';
import { readExamples } from '../../../../test/e2e/support/examples';
import { readDeclared } from '../../src/inference/read/declared';

const root = join(__dirname, '../../../..');
const files = glob.sync('{examples,containerfiles}/**/Containerfile', { cwd: root }).sort();
const examples = files.filter((file) => file.startsWith('examples/'));
const byImage = new Map(files.map((file) => [imageName('prism', nameOf(file)), file]));

function nameOf(file: string): string {
  return readDeclared(readBelow(root), dirname(file)).name ?? projectNameOf(dirname(file));
}

const amd64 = { os: 'linux', architecture: 'amd64' };

/** The plan of a component, on bases of which only the plans are known: nothing is built, and no engine is asked. */
function planOf(file: string): ImagePlan {
  const declared = readDeclared(readBelow(root), dirname(file)).options;
  const options = buildOptions.parse({ containerfile: file, context: dirname(file), ...declared });
  const request = { ...unwrap(readRequest(root, options)), buildPlatform: amd64 };
  const bases: Bases = new Map(
    unwrap(resolveReads(request).image).images.map(({ reference }) => [reference, baseOf(reference, file)]),
  );
  const planned = { ...request, bases };
  return unwrap(planImage(resolveReads(planned), planned));
}

function baseOf(reference: string, user: string): BaseImage {
  const file = byImage.get(reference);
  if (!file) return lockedBase(unwrap(readImagesLock(root, user)).images[fullName(reference)]!);
  const digest = `sha256:${'0'.repeat(64)}` as const;
  return planOf(file).platforms.map(({ platform, settings }) => ({
    ...{ platform, settings, layers: [], history: [] },
    manifest: { mediaType: MANIFEST_TYPE, digest, size: 1 },
  }));
}

const fullName = (reference: string) => formatReference(unwrap(parseReference(reference)));

function unwrap<T>(result: { ok: true; value: T } | { ok: false; failures: unknown }): T {
  if (!result.ok) throw new Error(JSON.stringify(result.failures));
  return result.value;
}

/** A line for each step, so that a changed golden reads well. */
function summarise({ platforms }: ImagePlan) {
  const describeImage = ({ reference, platform, manifest }: PlannedImage) =>
    `${reference} for ${platform.architecture}, ${manifest.slice(0, 15)}`;
  return platforms.map(({ platform, stages, settings }) => ({
    platform: platform.architecture,
    stages: stages.map(({ index, name, base, image, steps }) => ({
      stage: `${name ?? index} on ${image ? describeImage(image) : (base ?? 'scratch')}`,
      steps: steps.map(({ text: _, ...step }) => JSON.stringify(step)),
    })),
    settings: JSON.stringify(settings),
  }));
}

test('every example is a project of its own name', () => {
  expect(examples.map((file) => `${nameOf(file)} ${dirname(file)}`)).toMatchSnapshot();
  expect(examples.length).toBeGreaterThanOrEqual(8);
});

test.each(examples)('%s: the plan', (file) => {
  const plan = planOf(file);
  expect(summarise(plan)).toMatchSnapshot();
  expect(JSON.stringify(plan)).not.toMatch(/a key that is no secret/);
});

test('every example has a valid expected.json and a README', () => {
  const names = readExamples().map(({ name }) => name);
  expect(names.length).toBeGreaterThan(0);
  const described = glob.sync('examples/*/README.md', { cwd: root }).map((file) => basename(dirname(file)));
  expect(described.sort()).toEqual(names.sort());
});
