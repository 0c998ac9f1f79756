import { parseContainerfile } from '@prism-build/containerfile';
import type { BaseImage } from '@prism-build/oci';
import { explainCompile, type ImagePlan, planImage, type RunStep, resolveReads } from '../src/index';

const amd64 = { os: 'linux', architecture: 'amd64' };
const arm64 = { os: 'linux', architecture: 'arm64' };
const digest = `sha256:${'0'.repeat(64)}` as const;

const base: BaseImage = [amd64, arm64].map((platform) => ({
  platform,
  manifest: { mediaType: 'application/vnd.oci.image.manifest.v1+json', digest, size: 1 },
  settings: { env: ['PATH=/bin', 'BASE=1'], user: 'web', workingDir: '/home/web' },
  layers: [],
  history: [],
}));

function request(lines: readonly string[], platforms = [amd64]) {
  const containerfile = parseContainerfile(`${lines.join('\n')}\n`, 'app/Containerfile');
  if (!containerfile.ok) throw new Error(JSON.stringify(containerfile.failures));
  return {
    containerfile: containerfile.value,
    context: 'app',
    platforms,
    buildPlatform: amd64,
    buildArgs: { GIVEN: 'yes' },
    compression: 'zstd' as const,
    bases: new Map([
      ['localhost/base', base],
      ['localhost/tools', base],
    ]),
  };
}

function plan(lines: readonly string[], platforms = [amd64]): ImagePlan {
  const options = request(lines, platforms);
  const planned = planImage(resolveReads(options), options);
  if (!planned.ok) throw new Error(JSON.stringify(planned.failures));
  return planned.value;
}

const reads = (lines: readonly string[]) => resolveReads(request(lines));

const runsOf = (lines: readonly string[], platforms = [amd64]): RunStep[] =>
  plan(lines, platforms).platforms.flatMap(({ stages }) =>
    stages.flatMap(({ steps }) => steps.filter((step): step is RunStep => step.op === 'run')),
  );

test('a command with all that decides what it does, for each platform', () => {
  expect(
    runsOf(
      [
        'FROM --platform=linux/amd64 localhost/base AS tools',
        'RUN ["make"]',
        'FROM localhost/base',
        'ARG GIVEN',
        'ARG TARGETARCH',
        'ENV OWN=2',
        'WORKDIR sub',
        'SHELL ["/bin/ash", "-ec"]',
        'RUN --network=none --mount=from=tools,source=made,target=made --mount=type=cache,target=/var/cache \\',
        '    --mount=type=secret,id=token,required=false echo $OWN',
      ],
      [amd64, arm64],
    ),
  ).toMatchSnapshot();
});

const shell = (...lines: string[]) => runsOf(['FROM localhost/base', ...lines])[0]!;

test('heredocs: a script, a file that is executed, and the input of a command', () => {
  expect(shell('RUN <<EOF', 'one', 'two $X', 'EOF').argv).toEqual(['/bin/sh', '-c', 'one\ntwo $X\n']);
  expect(shell("RUN <<'EOF'", 'one', 'EOF').argv).toEqual(['/bin/sh', '-c', 'one\n']);
  expect(shell('RUN <<EOF', '#!/usr/bin/env python3', 'print(1)', 'EOF')).toMatchObject({
    argv: ['/dev/pipes/EOF'],
    script: '#!/usr/bin/env python3\nprint(1)\n',
  });
  expect(shell("RUN cat <<'A' <<-B > /x", 'a', 'A', '\tb', '\tB').argv).toEqual([
    '/bin/sh',
    '-c',
    "cat <<'A' <<-B > /x\na\nA\nb\nB",
  ]);
});

test('a stage called compile that no language recognises is one like any other, and says why', () => {
  const compile = (...runs: string[]) => [
    'FROM localhost/base AS compile',
    ...runs,
    'FROM scratch',
    'COPY --from=compile /out/x /x',
  ];
  const two = compile('RUN mkdir /out', 'RUN ["compile-go", "./cmd/x"]');
  expect(runsOf(two).map(({ argv }) => argv)).toEqual([
    ['/bin/sh', '-c', 'mkdir /out'],
    ['compile-go', './cmd/x'],
  ]);
  const reasons = explainCompile(reads(two)).map(({ what, at }) => `${at?.line} ${what}`);
  expect(reasons).toEqual([
    '3 the compile stage has more than one RUN',
    '2 RUN of the compile stage is not in exec form (a JSON array)',
  ]);
  const recognised = compile('RUN ["compile-go", "./cmd/x"]');
  expect([runsOf(recognised), explainCompile(reads(recognised))]).toEqual([[], []]);
  const unneeded = [...compile('RUN make').slice(0, 3), 'ENV A=b'];
  expect([runsOf(unneeded), explainCompile(reads(unneeded))]).toEqual([[], []]);
});

test('what is mounted is an image that must be there', () => {
  const { image } = reads([
    'FROM scratch',
    'RUN --mount=from=localhost/tools,target=/t --mount=from=nowhere,target=/n true',
  ]);
  expect(image.ok && image.value.images.map(({ reference, at }) => `${reference} ${at.line}`)).toEqual([
    'localhost/tools 2',
    'nowhere 2',
  ]);
});

test('the values of secrets and the engine are in no plan', () => {
  const text = JSON.stringify(plan(['FROM localhost/base', 'RUN --mount=type=secret,id=token true']));
  expect(text).toContain('"id":"token","target":"/run/secrets/token","required":false');
  expect(text).not.toMatch(/podman|docker/);
});
