// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are variables of Containerfiles.
import { parseContainerfile } from '@prism-build/containerfile';
import { explainArguments, resolveReads } from '../src/index';

const platforms = ['amd64', 'arm64'].map((architecture) => ({ os: 'linux', architecture }));

/** `line: what` of the hints of a Containerfile, each once for all platforms. */
function hints(...lines: string[]): string[] {
  const containerfile = parseContainerfile(lines.join('\n'), 'F');
  if (!containerfile.ok) throw new Error(JSON.stringify(containerfile.failures));
  const reads = resolveReads({
    ...{ containerfile: containerfile.value, context: '.', platforms, buildPlatform: platforms[0]! },
    ...{ buildArgs: {}, compression: 'none' as const },
  });
  if (!reads.image.ok) throw new Error(JSON.stringify(reads.image.failures));
  return explainArguments(containerfile.value, reads.image.value).map(
    ({ what, at }) => `${at.line}: ${what}`,
  );
}

const parent = ['FROM scratch AS base', 'ENV VERSION=1', 'FROM base'];

test.each<[string, string[], string[]]>([
  [
    'ARG and ENV of the base',
    [...parent, 'ARG VERSION=2', 'ENV VERSION=$VERSION'],
    ['4: ARG VERSION is "2", and ENV of the base is "1"'],
  ],
  ['a command sees it', [...parent, 'ARG VERSION=2', 'RUN x'], ['4: ARG VERSION is "2"']],
  ['ARG behind ENV', ['FROM scratch', 'ENV A=1', 'ARG A=2', 'LABEL a=${A:-x}'], ['3: ARG A is "2"']],
  ['names of one ARG', ['ARG A=1 B=$A', 'FROM scratch'], ['1: the value of B names A of the same ARG']],
  ['the same, quoted', ['FROM scratch', 'ARG A=1 B="${A}x"'], ['2: the value of B names A of the same ARG']],
])('engines differ: %s', (_, lines, expected) => {
  expect(hints(...lines)).toEqual(expected.map((text) => expect.stringMatching(new RegExp(`^${text}`))));
});

test.each<[string, string[]]>([
  ['equal values', [...parent, 'ARG VERSION=1', 'RUN x']],
  ['without a value', [...parent, 'ARG VERSION', 'RUN x']],
  ['unused', [...parent, 'ARG VERSION=2', 'LABEL a=$VERSIONS', 'USER VERSION']],
  ['ENV behind ARG', ['FROM scratch', 'ARG A=1', 'ENV A=$A', 'RUN x']],
  ['a stage that the image does not need', ['FROM scratch', 'ENV A=1', 'ARG A=2', 'RUN x', 'FROM scratch']],
  ['ARG lines of their own', ['ARG A=1', 'ARG B=$A C=2', 'FROM scratch']],
])('engines agree: %s', (_, lines) => {
  expect(hints(...lines)).toEqual([]);
});
