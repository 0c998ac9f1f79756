import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildOptions, findRuns, type Siblings } from '../src';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'prism-runs-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** The projects with RUN commands among `files`, Containerfiles by project; their bases are inferred from names. */
function runsOf(project: string, files: Record<string, string>, more: object = {}) {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(root, name), { recursive: true });
    writeFileSync(join(root, name, 'Containerfile'), text);
  }
  const optionsOf = (name: string) => {
    const bases = Object.fromEntries(Object.keys(files).map((one) => [`localhost/${one}`, one]));
    const used = Object.entries(bases).filter(([reference]) => files[name]?.includes(reference));
    const containerfile = `${name}/Containerfile`;
    const options = { containerfile, bases: Object.fromEntries(used), ...(name === project && more) };
    return { ok: true as const, value: buildOptions.parse(options) };
  };
  const siblings: Siblings = {
    optionsOf,
    variantsOf: () => [],
    rebuild: async () => ({ ok: true, value: undefined }),
  };
  const found = findRuns(root, project, optionsOf(project).value, siblings);
  return found.ok ? found.value : found.failures[0]!.code;
}

const files = 'FROM scratch\nCOPY a /a\n';
const runs = 'FROM docker.io/library/debian:12\nRUN date > /built\n';

test('an image of files has none; a RUN in a stage that the image needs is one', () => {
  expect(runsOf('api', { api: files })).toEqual([]);
  expect(runsOf('api', { api: runs })).toEqual(['api']);
  const stages = `FROM docker.io/library/debian:12 AS make\nRUN date > /built\nFROM scratch\n`;
  expect(runsOf('api', { api: `${stages}COPY --from=make /built /built\n` })).toEqual(['api']);
  expect(runsOf('api', { api: `${stages}COPY a /a\n` })).toEqual([]);
  expect(runsOf('api', { api: `${stages}COPY a /a\n` }, { stage: 'make' })).toEqual(['api']);
});

test('an image inherits those of the siblings that it is made of, however far', () => {
  const base = 'FROM localhost/base\nCOPY a /a\n';
  expect(runsOf('api', { api: base, base: files })).toEqual([]);
  expect(runsOf('api', { api: base, base: runs })).toEqual(['base']);
  const middle = 'FROM localhost/low\n';
  expect(runsOf('api', { api: base, base: middle, low: runs })).toEqual(['low']);
});

test('a Containerfile that cannot be read is a failure, and no image without RUN', () => {
  expect(runsOf('api', {}, {})).toBe('FILE_UNREADABLE');
});
