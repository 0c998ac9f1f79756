import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { assemblePlatform, toEntries } from '@prism-build/assemble';
import { buildOptions, readRequest } from '@prism-build/builder';
import { planImage, resolveReads } from '@prism-build/plan';
import { contextPaths, noFacts, openFiles, readContextTree } from '@prism-build/workspace';
import { makeNxIndex } from '../../../../test/support/nxIndex';
import { treeSeed } from '../../../../test/support/treeSeed';
import { findUncovered } from '../../src/cacheable/coverage';
import type { ContextFacts } from '../../src/inference/contexts/presence';
import { makeProject } from '../../src/inference/make/makeProject';
import { noLinks } from '../../src/inference/outputs/linkOutputs';
import { placeComponents } from '../../src/inference/places';
import { expandInputs } from '../../src/inference/read/namedInputs';
import { readProject } from '../../src/inference/read/readProject';

/**
 * Whatever happens to files between two builds, two images that differ have two keys. An index with the
 * known faults of Nx replaces it; Nx's own matcher selects the files of a key.
 */
const components: Readonly<Record<string, string>> = {
  plain: 'FROM scratch\nCOPY d /d\n',
  one: 'FROM scratch\nCOPY l*nk /x/\n',
  modes: 'FROM scratch\nCOPY --chmod=0644 d /d\n',
  whole: 'FROM scratch\nCOPY . /o/\n',
  deep: 'FROM scratch\nCOPY d/x/f d/?.txt /o/\n',
  'od(d)': 'FROM scratch\nCOPY . /o/\n',
  '[x]{y,z}': 'FROM scratch\nCOPY d /o/\n',
  '+(a)!b': 'FROM scratch\nCOPY d/* /o/\n',
};
const names = [
  'd/a.txt',
  'd/b.txt',
  'd/x/f',
  'd/y/f',
  'link',
  'd/lnk',
  'd/(p)',
  'd/node_modules/m/i.js',
  'lank',
];
const directories = ['d/empty', 'd/x/empty', 'd/Empty', 'logs', 'd/node_modules/e'];
const targets = [
  'd/a.txt',
  'a.txt',
  'b.txt',
  'x',
  'y',
  'd',
  'nowhere',
  '/etc/passwd',
  '../../plain/d',
  'd/x/f',
];
const ignores = ['d/b.txt\n', '**/f\n', 'd/x\n!d/x/f\n', '**/node_modules\n', 'Containerfile\n'];

let root: string;
beforeEach(() => {
  root = fs.mkdtempSync(join(fs.realpathSync(tmpdir()), 'prism-metadata-'));
});
afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

const at = (name: string) => join(root, name);
const kindOf = (name: string) => {
  try {
    return fs.lstatSync(at(name), { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
};
function make(name: string, write: (path: string) => void): void {
  try {
    fs.mkdirSync(dirname(at(name)), { recursive: true });
    fs.rmSync(at(name), { recursive: true, force: true });
    write(at(name));
  } catch (error) {
    // A file is where a directory would have to be.
    if (!['ENOTDIR', 'EEXIST', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

type Random = <T>(items: readonly T[]) => T;
const changes: Readonly<Record<string, (component: string, pick: Random) => void>> = {
  write: (component, pick) =>
    make(`${component}/${pick(names)}`, (path) => fs.writeFileSync(path, pick(['1', '2', '1\r\n', '1\n']))),
  restamp: (component, pick) =>
    make(`${component}/${pick(names)}`, (path) => {
      fs.writeFileSync(path, pick(['1', '2', '33']));
      fs.utimesSync(path, 1e9, 1e9);
    }),
  definition: (component, pick) =>
    make(`${component}/Containerfile`, (path) => {
      fs.writeFileSync(path, `${components[component]}LABEL x=${pick([1, 2])}\n`);
      fs.utimesSync(path, 1e9, 1e9);
    }),
  ignore: (component, pick) =>
    make(`${component}/.dockerignore`, (path) => fs.writeFileSync(path, pick(ignores))),
  link: (component, pick) =>
    make(`${component}/${pick(names)}`, (path) => fs.symlinkSync(pick(targets), path)),
  directory: (component, pick) => make(`${component}/${pick(directories)}`, (path) => fs.mkdirSync(path)),
  remove: (component, pick) => make(`${component}/${pick([...names, ...directories])}`, () => undefined),
  mode: (component, pick) => {
    const name = `${component}/${pick(names)}`;
    if (kindOf(name)?.isFile()) fs.chmodSync(at(name), pick([0o755, 0o644, 0o664]));
  },
  rename: (component, pick) => {
    const [from, to] = [`${component}/${pick(names)}`, `${component}/d/${pick(['A.txt', 'X', 'b.TXT'])}`];
    if (kindOf(from) && !kindOf(to) && kindOf(dirname(to))?.isDirectory()) fs.renameSync(at(from), at(to));
  },
};

const identity = { inputs: [], options: {} };
/** No other file states a context, and no target makes anything. */
const workspace: ContextFacts = { stated: new Map(), madeBy: () => 0 };

function readKey(index: ReturnType<typeof makeNxIndex>, component: string) {
  index.refresh();
  const files = openFiles(root, noFacts);
  const place = placeComponents([`${component}/Containerfile`]).places[0]!;
  const { reads } = readProject(place, { platforms: ['linux/amd64'] }, identity, files, workspace);
  const surroundings = {
    name: component,
    links: [],
    made: { compile: noLinks, images: [noLinks] },
    prefix: '',
    identity,
    submodules: [],
    known: index.known,
    hasRegistry: false,
  };
  const project = makeProject(place, reads, surroundings);
  const target = project.targets!['build-image']!;
  const tracked: string[] = [];
  const fromDisk: string[] = [];
  for (const one of expandInputs(target.inputs!, project.namedInputs)) {
    if (typeof one === 'string') tracked.push(one.replace('{projectRoot}', place.root));
    else if ('fileset' in one && one.fileset) fromDisk.push(one.fileset);
  }
  // Nx 24 hashes filesets with includeIgnored by themselves: their negations hide none of the others.
  const key = `${JSON.stringify(target.options)} ${index.hash(tracked)} ${index.hash(fromDisk)}`;
  return { key, project, target };
}

/** The layers of an image, with everything that an archive would contain. */
async function buildImage(value: unknown): Promise<string> {
  const options = buildOptions.parse({ ...(value as object), platforms: ['linux/amd64'] });
  const request = readRequest(root, options);
  if (!request.ok) return JSON.stringify(request.failures);
  const reads = resolveReads(request.value);
  const plan = planImage(reads, request.value);
  if (!plan.ok || !reads.image.ok) return JSON.stringify(plan);
  const paths = contextPaths(reads.image.value.sources);
  const context = readContextTree(root, options.containerfile, options.context, paths);
  if (!context.ok) return JSON.stringify(context.failures);
  const platform = plan.value.platforms[0]!;
  const made = await assemblePlatform(platform, options.containerfile, {
    context: context.value,
    compile: undefined,
    rootfs: undefined,
  });
  if (!made.ok) return 'failed';
  const hash = createHash('sha256').update(JSON.stringify(made.value.plan.settings));
  for (const { entries } of made.value.layers)
    for (const entry of toEntries(entries)) {
      const { content, ...header } = entry as typeof entry & { content?: { path: string } };
      hash.update(JSON.stringify(header)).update(content ? fs.readFileSync(content.path) : '');
    }
  return hash.digest('hex');
}

function generator(seed: number): Random {
  let state = seed;
  return (items) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return items[Math.floor((state / 2 ** 32) * items.length)]!;
  };
}

const first = Number(process.env.METADATA_SEED ?? treeSeed());

test.each([0, 1, 2].map((step) => first + step))(
  'two images that differ have two keys, seed %i',
  async (seed) => {
    const pick = generator(seed);
    for (const [name, text] of Object.entries(components)) {
      make(`${name}/Containerfile`, (path) => fs.writeFileSync(path, text));
      for (const file of ['d/a.txt', 'd/x/f', 'link'])
        make(`${name}/${file}`, (path) => fs.writeFileSync(path, '1'));
    }
    const index = makeNxIndex(root);
    const built = new Map<string, { readonly digest: string; readonly step: number }>();
    const done: string[] = [];
    let different = 0;
    const check = async (changed: string, step: number) => {
      const { key, project, target } = readKey(index, changed);
      const digest = await buildImage(target.options);
      const before = built.get(`${changed} ${key}`);
      if (before && before.digest !== digest)
        throw new Error(
          `${changed} differs from step ${before.step}, and its key does not\n${done.join('\n')}`,
        );
      if (!before) different += 1;
      const options = buildOptions.parse(target.options);
      const request = readRequest(root, options);
      const uncovered =
        request.ok && findUncovered(root, options, project, 'build-image', resolveReads(request.value));
      const covered = uncovered === undefined;
      expect({ changed, covered, done }).toEqual({ changed, covered: target.cache, done });
      if (target.cache) built.set(`${changed} ${key}`, { digest, step });
    };
    for (const name of Object.keys(components)) await check(name, 0);
    for (let step = 1; step <= 150; step += 1) {
      const [change, component] = [pick(Object.keys(changes)), pick(Object.keys(components))];
      changes[change]!(component, pick);
      done.push(`${step}: ${change} ${component}`);
      await check(component, step);
    }
    expect(different).toBeGreaterThan(50);
  },
  60_000,
);
