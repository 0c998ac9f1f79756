import { nameProjects } from '../../src/inference/make/names';
import { placeComponents } from '../../src/inference/places';

const place = (...files: string[]) => {
  const { places, failures } = placeComponents(files);
  return {
    places: places.map(({ file, root }) => `${file} in ${root}`),
    refused: failures.map(({ code, at, what }) => `${at?.file} ${code} ${/that of (.*)$/.exec(what)?.[1]}`),
  };
};

test.each([
  ['svc/Containerfile', 'svc'],
  ['svc/Dockerfile', 'svc'],
  ['Containerfile', '.'],
  ['svc/worker.Containerfile', 'svc/worker'],
  ['svc/worker.Dockerfile', 'svc/worker'],
  ['svc/worker.dockerfile', 'svc/worker'],
  ['svc/Containerfile.worker', 'svc/worker'],
  ['svc/Dockerfile.worker', 'svc/worker'],
  ['svc/Dockerfile.node-20.11', 'svc/node-20.11'],
  ['api.Dockerfile', 'api'],
])('%s is a component in %s', (file, root) => {
  expect(place(file)).toEqual({ places: [`${file} in ${root}`], refused: [] });
});

test.each([
  'Containerfile.containerignore',
  'Dockerfile.dockerignore',
  'svc/worker.Containerfile.dockerignore',
  'svc/Dockerfile.j2',
  'svc/Dockerfile.prod.tmpl',
  'svc/Containerfile.md',
  'svc/Containerfile.images.lock.json',
  'svc/Dockerfile~',
  'svc/Dockerfile.bak',
  'svc/Dockerfile...',
  'svc/.Containerfile',
  'svc/MyContainerfile',
  'svc/containerfile',
])('%s is none', (file) => {
  expect(place(file)).toEqual({ places: [], refused: [] });
});

test('a Containerfile hides a Dockerfile of the same label, in whatever order they come', () => {
  const files = [
    'a/Dockerfile',
    'a/Dockerfile.x',
    'a/Containerfile.x',
    'a/x.Containerfile',
    'a/Containerfile',
  ];
  const expected = { places: ['a/Containerfile in a', 'a/x.Containerfile in a/x'], refused: [] };
  expect(place(...files)).toEqual(expected);
  expect(place(...files.reverse())).toEqual(expected);
});

test('a file whose root is that of another Containerfile is refused', () => {
  expect(place('a/x.Containerfile', 'a/x/Dockerfile', 'a/y.Containerfile')).toEqual({
    places: ['a/x/Dockerfile in a/x', 'a/y.Containerfile in a/y'],
    refused: ['a/x.Containerfile COMPONENT_PLACE_TAKEN a/x/Dockerfile'],
  });
});

const names = (...files: (string | [string, string])[]) => {
  const declared = new Map(files.flatMap((one) => (typeof one === 'string' ? [] : [one])));
  const { places } = placeComponents(files.map((one) => (typeof one === 'string' ? one : one[0])));
  return nameProjects(places.map((one) => ({ ...one, declared: declared.get(one.file) })));
};

test.each<[string, (string | [string, string])[], string[]]>([
  ['a directory', ['svc/api/Containerfile'], ['api']],
  ['a label', ['svc/worker.Containerfile'], ['svc-worker']],
  ['a label at the top', ['worker.Containerfile'], ['worker']],
  ['a label among the bases', ['containerfiles/x.Containerfile'], ['base-x']],
  ['equal ones', ['a/docker/Dockerfile', 'b/docker/Dockerfile'], ['a-docker', 'b-docker']],
  [
    'only where they are equal',
    ['a/docker/Dockerfile', 'b/docker/Dockerfile', 'c/api/Dockerfile'],
    ['a-docker', 'b-docker', 'api'],
  ],
  ['as deep as it takes', ['x/a/d/Dockerfile', 'y/a/d/Dockerfile'], ['x-a-d', 'y-a-d']],
  ['one that has nothing above', ['api/Dockerfile', 'x/api/Dockerfile'], ['api', 'x-api']],
  ['a label', ['a/s/w.Dockerfile', 'b/s/w.Dockerfile'], ['a-s-w', 'b-s-w']],
  ['declared names stay', [['a/api/Dockerfile', 'api'], 'b/api/Dockerfile'], ['api', 'b-api']],
  ['signs are no letters', ['Ünï Code/Dockerfile'], ['n-code']],
  ['no letters at all', ['日本/Dockerfile'], ['component']],
  ['a name begins with a letter', ['x/-rf/Dockerfile', 'x/_a..b/Dockerfile'], ['rf', 'a-b']],
])('names of %s', (_what, files, expected) => {
  expect(names(...files)).toEqual(expected);
});

test('what no directory tells apart gets a part of a digest, the same everywhere', () => {
  const found = names('a b/Dockerfile', 'a-b/Dockerfile');
  expect(found[0]).toMatch(/^a-b-[0-9a-f]{6}$/);
  expect(found[1]).toMatch(/^a-b-[0-9a-f]{6}$/);
  expect(new Set(found).size).toBe(2);
  expect(names('a-b/Dockerfile', 'a b/Dockerfile').reverse()).toEqual(found);
});
