import { parseContainerfile } from '@prism-build/containerfile';
import type { Result } from '@prism-build/errors';
import { planCompile, planImage, resolveReads } from '../src/index';

const amd64 = { os: 'linux', architecture: 'amd64' };
const arm64 = { os: 'linux', architecture: 'arm64' };

function request(lines: readonly string[], target?: string) {
  const containerfile = parseContainerfile(`${lines.join('\n')}\n`, 'app/Containerfile');
  if (!containerfile.ok) throw new Error(JSON.stringify(containerfile.failures));
  const platforms = [amd64, arm64];
  const options = {
    containerfile: containerfile.value,
    context: 'app',
    platforms,
    buildPlatform: amd64,
    buildArgs: {},
    target,
    compression: 'zstd' as const,
  };
  return { reads: resolveReads(options), options };
}

function plan(lines: readonly string[], target?: string) {
  const { reads, options } = request(lines, target);
  return planImage(reads, options);
}

function codes(result: Result<unknown>): string[] {
  return result.ok ? [] : result.failures.map(({ code, at }) => `${code} ${at?.line}`);
}

/** Mounts that no engine here can do. */
const mounts = [
  'type=ssh',
  'type=cache',
  'type=cache,target=/x,ro',
  'type=cache,target=/x,source=y',
  'type=secret,id=x,rw',
  'type=bind,target=/',
  'type=cache,target=/x,from=y',
  'type=secret',
  'type=secret,id=x,env=X',
  'type=bind',
  'type=bind,target="/a b"',
].map(
  (mount) =>
    [`a mount ${mount}`, ['FROM scratch', `RUN --mount=${mount} true`], ['RUN_NOT_SUPPORTED 2']] as const,
);

const images: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  [
    'every reason at once',
    ['FROM debian', 'RUN --network=bridge true', 'ADD https://x.org/y /y', 'COPY --chmod=x a /a'],
    ['BASE_UNKNOWN 1', 'RUN_NOT_SUPPORTED 2', 'ADD_REMOTE 3', 'COPY_MODE_INVALID 4'],
  ],
  ['an image to copy from', ['FROM scratch', 'COPY --from=quay.io/x /a /a'], ['BASE_UNKNOWN 2']],
  [
    'a stage with RUN that is needed',
    ['FROM scratch AS one', 'RUN --security=insecure true', 'FROM scratch', 'COPY --from=one /a /a'],
    ['RUN_NOT_SUPPORTED 2'],
  ],
  [
    'a stage with RUN that is not needed',
    ['FROM scratch AS one', 'RUN --security=x true', 'FROM scratch'],
    [],
  ],
  ...mounts,
  [
    'a base that is the compile stage',
    ['FROM x AS compile', 'RUN ["compile-go", "./cmd/x"]', 'FROM compile'],
    ['BASE_NOT_SUPPORTED 3'],
  ],
  ['a stage called compile that is none', ['FROM x AS compile', 'FROM compile'], ['BASE_UNKNOWN 1']],
  [
    'files written inline beside others',
    ['FROM scratch', 'COPY a <<EOF /x/', 'text', 'EOF'],
    ['COPY_MIXED 2'],
  ],
  ['a stage that is unknown', ['FROM scratch', 'COPY --from=9 /a /a'], ['CONTAINERFILE_STAGE_UNKNOWN 2']],
];

test.each(images)('an image from %s', (_, lines, failures) => {
  expect(codes(plan(lines))).toEqual(failures);
});

test('an unknown target', () => {
  expect(codes(plan(['FROM scratch'], 'none'))).toEqual(['CONTAINERFILE_TARGET_UNKNOWN undefined']);
});

const run = 'RUN ["compile-go", "./cmd/x"]';
const compiles: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['is recognised', ['FROM go AS compile', 'WORKDIR /src', 'COPY . .', run], []],
  ['starts from scratch', ['FROM scratch AS compile', run], ['COMPILE_STAGE_NOT_RECOGNISED 1']],
  ['runs nothing', ['FROM go AS compile', 'COPY . .'], ['COMPILE_STAGE_NOT_RECOGNISED 1']],
  ['runs a shell', ['FROM go AS compile', 'RUN go build'], ['COMPILE_STAGE_NOT_RECOGNISED 2']],
  ['runs two commands', ['FROM go AS compile', run, run], ['COMPILE_STAGE_NOT_RECOGNISED 3']],
  ['runs what nobody knows', ['FROM go AS compile', 'RUN ["make"]'], ['COMPILE_STAGE_NOT_RECOGNISED 2']],
  ['sets a user', ['FROM go AS compile', 'USER 5', run], ['COMPILE_STAGE_NOT_RECOGNISED 2']],
  [
    'differs by platform',
    ['FROM go AS compile', 'ARG TARGETARCH', 'COPY $TARGETARCH .', run],
    ['COMPILE_STAGE_NOT_RECOGNISED 4'],
  ],
];

test.each(compiles)('a compile stage that %s', (_, lines, failures) => {
  expect(codes(planCompile(request([...lines, 'FROM scratch']).reads, 'app'))).toEqual(failures);
});
