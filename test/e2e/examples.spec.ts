import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { command, describeWith, podman as needsPodman, skopeo } from '../support/needs';
import { makeRegistry } from '../support/registry';
import { makeDirectory, removeDirectory } from './support/directory';
import { type Example, examplesDirectory, linesFor, readExamples } from './support/examples';
import { hardened, Podman } from './support/podman';
import { run } from './support/run';
import { until } from './support/until';
import { host, nx, platformOf, platforms, readDigest, root } from './support/workspace';

const examples = readExamples();
const ofRegistries = examples.filter(({ expected }) => expected.registry);
const others = examples.filter(({ expected }) => !expected.registry);
/** Commands of the final stage run on the image's platform. Few machines can run programs of another one. */
const ofHost = others.filter(({ expected }) => expected.platforms === 'host');
const ofAll = others.filter(({ expected }) => expected.platforms !== 'host');

const project = (name: string) => `example-${name}`;
const image = (name: string) => `localhost/prism/${project(name)}`;
const projects = (some: readonly Example[]) => `--projects=${some.map(({ name }) => project(name)).join()}`;
const here = `linux/${host}`;

describeWith([needsPodman], 'examples', () => {
  let podman: Podman;
  beforeAll(async () => {
    podman = new Podman();
    const options = { env: podman.env, timeout: 600_000 };
    const build = ['run-many', '-t', 'build-image'];
    await nx([...build, projects(ofHost), `--platforms=${here}`], options);
    await nx([...build, projects(ofAll)], options);
    // Otherwise an image built for one platform would be rebuilt for both.
    await nx(['run-many', '-t', 'load-image', projects(others), '--excludeTaskDependencies'], options);
  }, 900_000);
  afterAll(() => podman?.close());

  test.each(others)('$name', ({ name, expected }) => check(podman, name, expected));

  describeWith([skopeo, command('docker-registry')], 'with a registry', () => {
    test.each(ofRegistries)('$name', async ({ name, expected }) => {
      const directory = makeDirectory('registry');
      const registry = await makeRegistry(join(directory, 'registry'));
      const env = {
        ...podman.env,
        // The directory in which skopeo looks for its configuration.
        HOME: directory,
        REGISTRY_AUTH_FILE: registry.authFile(),
        // An empty content store.
        PRISM_DIR: join(directory, 'prism'),
      };
      try {
        for (const [locked, from] of Object.entries(expected.registry!)) {
          const [domain, ...path] = locked.split('/');
          redirect(directory, domain!, registry.host);
          await push(env, name, locked, from, `${registry.host}/${path.join('/')}`);
        }
        await removeDirectory(env.PRISM_DIR);
        await nx(['load-image', project(name)], { env });
        expect(registry.requests().some((one) => /^GET \/v2\/.*\/blobs\//.test(one))).toBe(true);
        await check(podman, name, expected);
      } finally {
        await registry.stop();
        await removeDirectory(directory);
      }
    });
  });
});

const start = ['--pull', 'never', '--network', 'none', ...hardened];

/** Compares a loaded example with its expected.json. */
async function check(podman: Podman, name: string, expected: Example['expected']): Promise<void> {
  checkLayers(name, expected);
  for (const { args, status, sorted, output } of expected.runs) {
    const { code, stdout } = await podman.try('run', '--rm', ...start, image(name), ...args);
    const printed = linesOf(stdout);
    expect({ code, printed: sorted ? printed.sort() : printed }).toEqual({
      code: status,
      printed: linesFor(output, here),
    });
  }
  if (expected.service.length === 0) return;
  const id = await podman.run('run', '--detach', ...start, image(name));
  const ask = async (exec: readonly string[]) => {
    const { code, stdout } = await podman.try('exec', id, ...exec);
    return code === 0 && linesOf(stdout);
  };
  await until('the service answers', 60_000, () => ask(expected.service[0]!.exec));
  for (const { exec, output } of expected.service) expect(await ask(exec)).toEqual(linesFor(output, here));
  await podman.run('stop', '--time', '10', id);
}

function checkLayers(
  name: string,
  { platforms: built, labels, base, sharedLayers }: Example['expected'],
): void {
  const layersOf = (of: string, architecture: string) => platformOf(of, architecture).layers;
  for (const architecture of built === 'host' ? [host] : platforms) {
    if (labels) expect(platformOf(project(name), architecture).labels).toEqual(labels);
    if (base) {
      const layers = layersOf(project(name), architecture);
      const below = layersOf(base, architecture).map(({ digest }) => digest);
      const own = layers.filter(({ origin }) => origin === 'own').map(({ digest }) => digest);
      expect(own).not.toEqual([]);
      expect(layers.map(({ digest }) => digest)).toEqual([...below, ...own]);
    }
  }
  if (sharedLayers === undefined) return;
  const [one, ...rest] = platforms.map((architecture) =>
    layersOf(project(name), architecture)
      .filter(({ origin }) => origin === 'own')
      .map(({ digest }) => digest)
      .slice(-sharedLayers),
  );
  expect(one).toHaveLength(sharedLayers);
  for (const other of rest) expect(other).toEqual(one);
}

const linesOf = (text: string) => text.split('\n').filter((line) => line !== '');

/** Makes skopeo use a registry of this machine under another name. */
function redirect(home: string, name: string, address: string): void {
  const configuration = join(home, '.config/containers/registries.conf.d');
  mkdirSync(configuration, { recursive: true });
  writeFileSync(
    join(configuration, 'example.conf'),
    `[[registry]]\nprefix = "${name}"\nlocation = "${address}"\ninsecure = true\n`,
  );
}

/** Pushes the image of a project to the registry under the name in the example's lock. */
async function push(env: NodeJS.ProcessEnv, name: string, locked: string, from: string, to: string) {
  await nx(['materialize', from], { env });
  const lock = JSON.parse(readFileSync(join(examplesDirectory, name, 'images.lock.json'), 'utf8'));
  expect(lock.images[locked].digest).toBe(readDigest(from).index.digest);
  const options = ['--quiet', '--all', '--preserve-digests', '--dest-tls-verify=false'];
  const layout = `oci:${join(root, 'dist/layouts', from)}`;
  await run(['skopeo', 'copy', ...options, layout, `docker://${to}`], { env });
}
