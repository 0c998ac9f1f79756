import { linkBases } from '../../src/inference/make/bases';
import { readComponent } from '../support/readComponent';

const link = (components: Readonly<Record<string, readonly string[]>>, prefix = 'p') => {
  const all = Object.entries(components).map(([name, references]) => ({ name, references }));
  return Object.fromEntries(linkBases(all, prefix));
};

test('names lead to components with and without a tag, and to nothing else', () => {
  const references = [
    'localhost/p/base',
    'localhost/p/other:latest',
    'localhost/p/base:1',
    'localhost/base',
    'p/base',
    'localhost/p/nobody',
  ];
  const { user } = link({ user: references, base: [], other: [] });
  expect(user).toEqual({
    projects: { 'localhost/p/base': 'base', 'localhost/p/other:latest': 'other' },
    edges: ['base', 'other'],
    locked: true,
  });
});

test('without a prefix', () => {
  expect(link({ a: ['localhost/b'], b: [] }, '').a).toEqual({
    projects: { 'localhost/b': 'b' },
    edges: ['b'],
    locked: false,
  });
});

test('those made of each other have no edge, and who is made of them has', () => {
  const name = (project: string) => `localhost/p/${project}`;
  const links = link({
    a: [name('b')],
    b: [name('c')],
    c: [name('a'), name('d')],
    d: [],
    self: [name('self')],
    user: [name('a')],
  });
  const edges = Object.entries(links).map(([project, one]) => `${project}: ${one.edges.join(' ')}`);
  expect(edges).toEqual(['a: ', 'b: ', 'c: d', 'd: ', 'self: ', 'user: a']);
  expect(links.a!.projects).toEqual({ 'localhost/p/b': 'b' });
});

test('a named context that stands beside the Containerfile is no image', () => {
  const read = (contexts: string[]) => {
    const platforms = ['linux/amd64'];
    const component = readComponent('FROM scratch\nCOPY --from=rootfs / /\n', 'C', { platforms, contexts });
    return component.ok && component.value.bases.map(({ reference }) => reference);
  };
  expect([read(['rootfs']), read([])]).toEqual([[], ['rootfs']]);
});

test('the images of the stages that make the image, without the builder of the compile stage', () => {
  const text = [
    'FROM golang:1 AS compile',
    'RUN ["compile-go", "./cmd/x"]',
    'FROM unused',
    'ARG TARGETARCH',
    'FROM quay.io/$TARGETARCH/x AS first',
    'FROM scratch',
    'COPY --from=first a /a',
    'COPY --from=localhost/p/base b /b',
    'COPY --from=compile c /c',
  ];
  const lines = ['ARG TARGETARCH', ...text].join('\n');
  const component = readComponent(lines);
  const uses = component.ok ? component.value.bases : [];
  expect(uses.map(({ reference, platform, at }) => [reference, platform.architecture, at.line])).toEqual([
    ['quay.io/amd64/x', 'amd64', 6],
    ['localhost/p/base', 'amd64', 9],
    ['quay.io/arm64/x', 'arm64', 6],
    ['localhost/p/base', 'arm64', 9],
  ]);
});
