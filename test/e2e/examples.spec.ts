import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { command, describeWith, podman as needsPodman, skopeo } from '../support/needs';
import { makeRegistry } from '../support/registry';
import { makeDirectory, removeDirectory } from './support/directory';
import { hardened, Podman } from './support/podman';
import { run } from './support/run';
import { until } from './support/until';
import { host, nx, platformOf, platforms, readDigest, root } from './support/workspace';

const project = (name: string) => `example-${name}`;
const image = (name: string) => `localhost/prism/${project(name)}`;
const projects = (names: readonly string[]) => `--projects=${names.map(project).join()}`;
/** A command of the final stage runs on the image's platform; few machines run programs of another. */
const onePlatform = ['run-in-final-stage', 'heredocs'];
const bothPlatforms = ['sibling-base', 'several-copies', 'ignore-file', 'arguments-and-secrets'];
const service = 'node-service';

const example = (path: string) => join(root, 'examples', path);
const read = (path: string) => readFileSync(example(path), 'utf8');
const layersOf = (name: string, architecture = host) =>
  platformOf(project(name), architecture).layers.map(({ digest }) => digest);
const ownLayers = (name: string, architecture = host) =>
  platformOf(project(name), architecture)
    .layers.filter(({ origin }) => origin === 'own')
    .map(({ digest }) => digest);

describeWith([needsPodman], 'examples', () => {
  let podman: Podman;
  beforeAll(async () => {
    podman = new Podman();
    const options = { env: podman.env, timeout: 600_000 };
    const build = ['run-many', '-t', 'build-image'];
    await nx([...build, projects(onePlatform), `--platforms=linux/${host}`], options);
    await nx([...build, projects([...bothPlatforms, service])], options);
    // What was built for one platform would be built for both otherwise.
    const all = projects([...onePlatform, ...bothPlatforms, service]);
    await nx(['run-many', '-t', 'load-image', all, '--excludeTaskDependencies'], options);
  }, 900_000);
  afterAll(() => podman?.close());

  const start = ['run', '--rm', '--pull', 'never', '--network', 'none', ...hardened];
  const container = (name: string, ...args: string[]) => podman.run(...start, image(name), ...args);

  test('run-in-final-stage: what the commands made is served', async () => {
    const script =
      'sha256sum -c SHA256SUMS && httpd -p 8080 -h . && wget -qO- http://127.0.0.1:8080/sitemap.txt';
    const size = (page: string) => statSync(example(`run-in-final-stage/pages/${page}`)).size;
    const pages = ['about.html', 'index.html'];
    expect((await container('run-in-final-stage', 'sh', '-c', script)).split('\n')).toEqual([
      ...[...pages, 'sitemap.txt'].map((name) => `${name}: OK`),
      ...pages.map((page) => `/${page} ${size(page)}`),
    ]);
  });

  test('sibling-base: settings of the base hold, and its layers are below', async () => {
    expect(await container('sibling-base')).toBe('Hello, world, from 65532 in /home/nonroot');
    for (const architecture of platforms) {
      const base = layersOf('toolbox', architecture);
      expect(layersOf('sibling-base', architecture)).toEqual([
        ...base,
        ...ownLayers('sibling-base', architecture),
      ]);
    }
  });

  test('several-copies: pages of both stages, the same for both platforms, and nothing else of the stages', async () => {
    const list = '/busybox httpd -p 8080 -h /srv && /busybox wget -qO- http://127.0.0.1:8080/';
    expect(await container('several-copies', 'sh', '-c', list)).toBe(
      '<li><a href="first.html">first.html</a>\n<li><a href="second.html">second.html</a>',
    );
    const page =
      '/busybox stat -c "%a %u %n" /srv/*; /busybox cat /srv/first.html; ! /busybox test -e /pages';
    expect((await container('several-copies', 'sh', '-c', page)).split('\n')).toEqual([
      ...['644 65532 /srv/first.html', '444 0 /srv/index.html', '644 65532 /srv/second.html'],
      ...['644 0 /srv/style.css', '<h1>First</h1>', 'A text of one line.'],
    ]);
    const [amd64, arm64] = platforms.map((one) => ownLayers('several-copies', one).slice(-3));
    expect(amd64).toEqual(arm64);
  });

  test('ignore-file: the image has what the file leaves', async () => {
    const listed = await container('ignore-file');
    expect(listed.split('\n').sort()).toEqual(['./LICENSE.txt', './app/main.sh', './app/secrets/example']);
  });

  test('heredocs: files, a script for the shell and one for another interpreter', async () => {
    const settings = ['name = example', 'port = 8080'];
    expect((await container('heredocs')).split('\n')).toEqual(['1 1', '2 4', '3 9', ...settings]);
  });

  test('arguments-and-secrets: what they decided is there, and they are not', async () => {
    for (const architecture of platforms) {
      const { labels } = platformOf(project('arguments-and-secrets'), architecture);
      expect(labels).toEqual({ 'org.opencontainers.image.version': '1.4.0' });
    }
    const release = `version=1.4.0\nplatform=linux/${host}\n`;
    const key = read('arguments-and-secrets/demonstration-key');
    const sum = createHash('sha256')
      .update(key + release)
      .digest('hex');
    expect(await container('arguments-and-secrets')).toBe(`${release}${sum}`);
    const look = `grep -rlF '${key.trim()}' /etc /home /root /run /tmp /usr /var 2>/dev/null`;
    expect(await podman.try(...start, image('arguments-and-secrets'), 'sh', '-c', look)).toMatchObject({
      code: 1,
      stdout: '',
    });
  });

  test('node-service: it answers, and its packages are a layer that both platforms share', async () => {
    const id = await podman.run('run', '--detach', ...start.slice(2), image(service));
    const ask = (path: string) =>
      `fetch('http://127.0.0.1:8080${path}').then(async (r) => console.log(r.status, await r.text()))`;
    const answer = async (path: string) => {
      const { code, stdout } = await podman.try('exec', id, 'node', '-e', ask(path));
      return code === 0 && stdout.trim();
    };
    const { value } = await until('the service answers', 60_000, () => answer('/health'));
    expect(value).toBe('200 {"status":"ok"}');
    expect(await answer('/durations/2h')).toBe('200 {"text":"2h","milliseconds":7200000}');
    expect(await answer('/')).toMatch(/^404 /);
    await podman.run('stop', '--time', '10', id);
    const [packages, application, ...more] = ownLayers(service).slice(-2);
    expect([packages, application]).toEqual(
      ownLayers(
        service,
        platforms.find((one) => one !== host),
      ).slice(-2),
    );
    expect(more).toEqual([]);
  });

  describeWith([skopeo, command('docker-registry')], 'with a registry', () => {
    test('registry-base: the lock names what was pushed, and its layers are fetched from there', async () => {
      const directory = makeDirectory('registry');
      const registry = await makeRegistry(join(directory, 'registry'));
      const configuration = join(directory, '.config/containers/registries.conf.d');
      const [name] = Object.keys(JSON.parse(read('registry-base/images.lock.json')).images);
      mkdirSync(configuration, { recursive: true });
      writeFileSync(
        join(configuration, 'example.conf'),
        `[[registry]]\nprefix = "${name!.split('/')[0]}"\nlocation = "${registry.host}"\ninsecure = true\n`,
      );
      const env = {
        ...podman.env,
        // Where skopeo looks for the configuration.
        HOME: directory,
        REGISTRY_AUTH_FILE: registry.authFile(),
        // A content store that has seen nothing.
        PRISM_DIR: join(directory, 'prism'),
      };
      try {
        await nx(['materialize', project('words')], { env });
        const { digest } = readDigest(project('words')).index;
        const lock = JSON.parse(read('registry-base/images.lock.json'));
        expect(lock.images[name!].digest).toBe(digest);
        const pushed = `docker://${registry.host}/team/words:1`;
        const copy = ['--quiet', '--all', '--preserve-digests', '--dest-tls-verify=false'];
        await run(
          ['skopeo', 'copy', ...copy, `oci:${join(root, 'dist/layouts', project('words'))}`, pushed],
          {
            env,
          },
        );
        await removeDirectory(env.PRISM_DIR);
        await nx(['load-image', project('registry-base')], { env });
        expect(registry.requests().some((one) => /^GET \/v2\/team\/words\/blobs\//.test(one))).toBe(true);
        expect((await container('registry-base')).split('\n')).toEqual([
          ...read('registry-base/words/words/list').trim().split('\n'),
          'seven words',
        ]);
      } finally {
        await registry.stop();
        await removeDirectory(directory);
      }
    });
  });
});
