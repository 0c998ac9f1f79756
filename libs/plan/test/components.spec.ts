import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseContainerfile } from '@prism-build/containerfile';
import { type BaseImage, MANIFEST_TYPE } from '@prism-build/oci';
import { planCompile, planImage, resolveReads } from '../src/index';

const workspace = join(__dirname, '../../..');
const platforms = ['amd64', 'arm64'].map((architecture) => ({ os: 'linux', architecture }));

/** What a plan takes from an image that it copies from: which one, never what is in it. */
const base: BaseImage = platforms.map((platform) => ({
  platform,
  manifest: { mediaType: MANIFEST_TYPE, digest: `sha256:${'0'.repeat(64)}`, size: 1 },
  settings: {},
  layers: [],
  history: [],
}));

function request(file: string) {
  const containerfile = parseContainerfile(readFileSync(join(workspace, file), 'utf8'), file);
  if (!containerfile.ok) throw new Error(JSON.stringify(containerfile.failures));
  const options = {
    containerfile: containerfile.value,
    context: '.',
    platforms,
    buildPlatform: platforms[0]!,
    buildArgs: {},
    compression: 'zstd' as const,
    bases: new Map([['localhost/prism/base-static', base]]),
  };
  return { reads: resolveReads(options), options };
}

/** A plan is a contract: what changes here changes what is built, or the form that others read. */
describe.each(['plugins/memstore', 'plugins/postgres', 'proxy'])('%s', (component) => {
  const planned = request(`${component}/Containerfile`);

  test('image plan', () => {
    expect(JSON.stringify(planImage(planned.reads, planned.options), undefined, 2)).toMatchSnapshot();
  });

  test('compile plan', () => {
    expect(JSON.stringify(planCompile(planned.reads, '.'), undefined, 2)).toMatchSnapshot();
  });

  test('equal requests give equal plans, and plans are JSON', () => {
    const { reads, options } = request(`${component}/Containerfile`);
    const plan = planImage(reads, options);
    expect(plan).toEqual(planImage(planned.reads, planned.options));
    expect(JSON.parse(JSON.stringify(plan))).toEqual(
      JSON.parse(JSON.stringify(planImage(planned.reads, planned.options))),
    );
  });
});
