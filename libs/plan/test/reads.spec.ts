import { type ContextSource, parseContainerfile, resolveStages } from '@prism-build/containerfile';
import * as fc from 'fast-check';
import { planImage, resolveReads } from '../src/index';

const [amd64, arm64] = ['amd64', 'arm64'].map((architecture) => ({ os: 'linux', architecture }));

function request(text: string, platforms = [amd64!, arm64!]) {
  const containerfile = parseContainerfile(text, 'Containerfile');
  if (!containerfile.ok) throw new Error(JSON.stringify(containerfile.failures));
  const fixed = { buildPlatform: amd64!, buildArgs: {}, context: '.', compression: 'none' as const };
  return { containerfile: containerfile.value, platforms, ...fixed };
}

const compile = ['FROM localhost/p/base-go-builder AS compile', 'COPY src .', 'RUN ["compile-go", "."]'];

test('everything that is read stands once, by where it comes from', () => {
  const lines = [
    ...compile,
    'FROM debian:12 AS tools',
    'COPY --chmod=755 tools /t',
    'FROM scratch',
    'COPY --from=compile /out/ /',
    'COPY --from=tools /t /t',
    'COPY --from=localhost/p/static /etc /etc',
    'COPY --from=rootfs / /',
    'COPY conf /conf',
  ];
  const { compile: stage, image } = resolveReads({ ...request(lines.join('\n')), contexts: ['rootfs'] });
  expect(stage).toMatchObject({ kind: 'recognised', sources: [{ line: 2, source: { path: 'src' } }] });
  if (!image.ok) throw new Error(JSON.stringify(image.failures));
  const { sources, images, contexts, compiled, platforms } = image.value;
  expect(sources.map(({ line, chmod }) => `${line} ${chmod}`)).toEqual(['5 755', '11 undefined']);
  expect(images.map(({ reference, platform }) => `${reference} ${platform.architecture}`)).toEqual([
    'debian:12 amd64',
    'localhost/p/static amd64',
    'debian:12 arm64',
    'localhost/p/static arm64',
  ]);
  expect({ contexts, compiled }).toEqual({ contexts: ['rootfs'], compiled: true });
  expect(platforms.map(({ stages }) => stages.map(({ index }) => index))).toEqual([
    [1, 2],
    [1, 2],
  ]);
});

test('errors of the final stage do not keep a compile stage from compiling', () => {
  const reads = resolveReads(request([...compile, 'FROM scratch', 'COPY --from=7 a /'].join('\n')));
  expect(reads).toMatchObject({
    compile: { kind: 'recognised' },
    image: { ok: false, failures: [{ code: 'CONTAINERFILE_STAGE_UNKNOWN', at: { line: 5 } }] },
  });
});

test('a file that names no platform is resolved once, with the same result as for each platform', () => {
  const part = fc.constantFrom(
    'COPY a /a',
    'COPY --from=one /a /b',
    'ENV A=b',
    'WORKDIR $A',
    'RUN --mount=from=one,target=/m true',
    'FROM one',
    'FROM --platform=linux/amd64 scratch',
    'FROM scratch AS two',
    'COPY b c /d/',
    'ARG OWN=$A',
  );
  fc.assert(
    fc.property(fc.uniqueArray(part, { maxLength: 8 }), (lines) => {
      const text = ['FROM scratch AS one', ...lines].join('\n');
      // A comment is enough for a resolution of each platform.
      const { image: once, ...other } = resolveReads(request(text));
      const { image: each } = resolveReads(request(`${text}\n# TARGETARCH`));
      expect(once).toEqual(each);
      expect(other.compile).toEqual({ kind: 'absent' });
    }),
  );
});

test('what an image copies from the context is what its reads say, for every target', () => {
  const instruction = fc.constantFrom(
    'COPY a /',
    'ADD b.tar /',
    'COPY $TARGETARCH /x',
    'COPY --from=s0 /x /y',
    'RUN --mount=type=bind,source=m,target=/m true',
    'COPY --exclude=*.md c /c',
    'COPY --chmod=644 d /d',
  );
  const stage = fc.array(instruction, { maxLength: 4 });
  fc.assert(
    fc.property(fc.array(stage, { minLength: 1, maxLength: 4 }), fc.nat(3), (stages, wanted) => {
      const text = stages
        .map((lines, index) => [`FROM scratch AS s${index}`, 'ARG TARGETARCH', ...lines].join('\n'))
        .join('\n');
      const given = { ...request(text), target: String(wanted % stages.length) };
      const reads = resolveReads(given);
      const plan = planImage(reads, given);
      const resolution = resolveStages(given.containerfile, { ...given, platform: amd64! });
      expect(reads.image.ok).toBe(resolution.ok);
      if (!plan.ok || !reads.image.ok) return;
      const planned = plan.value.platforms.flatMap(({ stages: all }) =>
        all.flatMap(({ steps }) =>
          steps.flatMap((step) => {
            if (step.op === 'copy' && step.from.kind === 'context') return step.sources;
            if (step.op !== 'run') return [];
            return step.mounts.flatMap((mount) => (mount.type === 'bind' ? [mount.source] : []));
          }),
        ),
      );
      const pathOf = ({ source }: ContextSource) => (source.kind === 'path' ? source.path : '');
      expect(new Set(reads.image.value.sources.map(pathOf))).toEqual(new Set(planned));
    }),
  );
});
