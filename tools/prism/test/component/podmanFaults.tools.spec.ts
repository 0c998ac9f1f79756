import * as fs from 'node:fs';
import { writePlatforms, writeShellBase } from '../../../../test/support/busybox';
import { engineSettings } from '../../../../test/support/engineSettings';
import { hashOf, readImageFiles } from '../../../../test/support/imageFiles';
import { makeWorkspace, type Ran, type Workspace } from '../../../../test/support/workspace';
import { podman } from '../support/podman';

// What a loop of `podman build` runs into, from the edit to the container.
let workspace: Workspace;
let prefix: string;

async function done(running: Promise<Ran>): Promise<string> {
  const { status, output } = await running;
  if (status !== 0) throw new Error(output);
  return output;
}
const nx = (...args: string[]) => done(workspace.nx(args, engineSettings));
const write = (name: string, ...lines: string[]) =>
  workspace.write(`svc/${name}/Containerfile`, `${lines.join('\n')}\n`);

beforeAll(() => {
  workspace = makeWorkspace();
  prefix = `f${process.pid}`;
  workspace.write(
    'nx.json',
    JSON.stringify({ plugins: [{ plugin: 'prism', options: { prefix } }], analytics: false }),
  );
  writeShellBase(workspace, ['amd64', 'arm64']);
});
afterAll(() => {
  const names = podman('images', '--format', '{{.ID}}', '--filter', `reference=localhost/${prefix}/*`);
  if (names !== '') podman('rmi', '--force', ...new Set(names.split('\n')));
  workspace.remove();
});

test('after an edit the new image runs, a name is one image, and each platform has its own', async () => {
  const name = `localhost/${prefix}/edited`;
  write('edited', `FROM localhost/${prefix}/shell`, 'COPY said /said', 'CMD ["cat", "/said"]');
  // Nothing tells the platforms of this one apart but the platform.
  write('same', 'FROM scratch', 'COPY said /said');
  workspace.write('svc/same/said', 'the same');
  for (const said of ['one', 'two']) {
    workspace.write('svc/edited/said', said);
    await nx('run-many', '-t', 'load-image', '-p', 'edited,same', '--allPlatforms');
    expect(podman('run', '--rm', '--pull', 'never', '--network', 'none', name)).toBe(said);
    const listed = podman('images', '--quiet', '--filter', `reference=${name}:latest`);
    expect(new Set(listed.split('\n')).size).toBe(1);
  }
  const architectures = ['latest', 'latest-arm64'].flatMap((tag) =>
    ['edited', 'same'].map((one) =>
      podman('image', 'inspect', '--format', '{{.Architecture}}', `localhost/${prefix}/${one}:${tag}`),
    ),
  );
  const [host, other] = process.arch === 'x64' ? ['amd64', 'arm64'] : ['arm64', 'arm64'];
  expect(architectures).toEqual([host, host, other, other]);
});

test('a base of the workspace under $BUILDPLATFORM: commands run once, on this machine, for every platform', async () => {
  const base = `localhost/${prefix}/shell`;
  write(
    'crossed',
    `FROM --platform=$BUILDPLATFORM ${base} AS made`,
    'RUN busybox uname -m > /machine; cat /proc/sys/kernel/random/uuid > /once',
    `FROM --platform=$BUILDPLATFORM ${base} AS named`,
    'ARG TARGETARCH',
    'RUN echo "$TARGETARCH" > /architecture',
    `FROM ${base}`,
    'COPY --from=made /machine /once /made/',
    'COPY --from=named /architecture /made/',
  );
  await nx('materialize', 'crossed');
  const images = await Promise.all(
    ['amd64', 'arm64'].map((one) => readImageFiles(workspace.path('dist/layouts/crossed'), one)),
  );
  const [first, second] = images.map(({ fields }) => fields);
  const machine = process.arch === 'x64' ? 'x86_64' : 'aarch64';
  expect(first!.get('/made/machine content')).toBe(hashOf(`${machine}\n`));
  expect(second!.get('/made/machine content')).toBe(first!.get('/made/machine content'));
  expect(second!.get('/made/once content')).toBe(first!.get('/made/once content'));
  expect(first!.get('/made/architecture content')).toBe(hashOf('amd64\n'));
  expect(second!.get('/made/architecture content')).toBe(hashOf('arm64\n'));
});

test('a cache mount is of one project: neither another project nor another user finds what is in it', async () => {
  const common = '/var/tmp/buildah-cache';
  const before = fs.existsSync(common) ? fs.readdirSync(common) : [];
  for (const name of ['mine', 'yours']) {
    write(
      name,
      `FROM localhost/${prefix}/shell`,
      `RUN --mount=type=cache,target=/var/cache/tool echo ${name} >> /var/cache/tool/log; cp /var/cache/tool/log /found`,
    );
    writePlatforms(workspace, name, [process.arch === 'x64' ? 'amd64' : process.arch]);
  }
  await nx('run-many', '-t', 'materialize', '-p', 'mine,yours');
  for (const name of ['mine', 'yours']) {
    const { fields } = await readImageFiles(workspace.path(`dist/layouts/${name}`), process.arch);
    expect(fields.get('/found content')).toBe(hashOf(`${name}\n`));
  }
  expect(fs.existsSync(common) ? fs.readdirSync(common) : []).toEqual(before);
});
