import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ok } from '@prism-build/errors';
import type { SharedUnits, UsedUnit } from '@prism-build/languages';
import fc from 'fast-check';
import { withSharedUnits } from '../src/sharedUnits';

let base: string;
beforeEach(() => (base = fs.mkdtempSync(join(tmpdir(), 'prism-units-'))));
afterEach(() => fs.rmSync(base, { recursive: true, force: true }));

const hash = '0123456789abcdef';
const folder = () => join(base, 'release');
const unit = () => join(folder(), '.fingerprint', `server-${hash}`);
const made = () => join(folder(), 'made');

/** A tool that takes every unit for fresh, as one that compares times does. */
function compileAs(source: string): UsedUnit {
  const fresh = fs.existsSync(join(unit(), 'bin-server'));
  if (!fresh) {
    fs.mkdirSync(unit(), { recursive: true });
    fs.writeFileSync(made(), source);
    fs.writeFileSync(join(unit(), 'bin-server'), '');
  }
  return { folder: folder(), package: 'server', kind: 'bin-server', fresh };
}

/** One run of a project; `meanwhile` happens between its preparation and its tool. */
async function build(source: string, meanwhile: () => void = () => undefined): Promise<string> {
  const shared: SharedUnits = {
    folders: [folder()],
    contents: new Map([['server', `digest of ${source}`]]),
    listUsed: (stdout) => JSON.parse(stdout) as UsedUnit[],
  };
  let result = '';
  const places = { lock: join(base, 'lock'), stamp: join(base, 'stamp') };
  const done = await withSharedUnits(shared, places, async () => {
    meanwhile();
    const used = compileAs(source);
    result = fs.readFileSync(made(), 'utf8');
    return ok([{ stdout: JSON.stringify([used]), stderr: '' }]);
  });
  if (!done.ok) throw new Error(done.failures[0]!.code);
  return result;
}

test('whatever the order of builds, edits and writers that nobody waits for, each gets its own', async () => {
  const project = fc.constantFrom('one', 'two', 'three', 'four');
  const step = fc.record({ project, edited: fc.boolean(), orphan: fc.option(project, { nil: undefined }) });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
      fs.rmSync(folder(), { recursive: true, force: true });
      for (const { project, edited, orphan } of steps) {
        const source = edited ? `${project}, edited` : project;
        let once = orphan;
        const meanwhile = () => {
          if (once !== undefined) compileAs(once);
          once = undefined;
        };
        expect(await build(source, meanwhile)).toBe(source);
      }
    }),
    { numRuns: 40 },
  );
});

test('what is of the same content is used again; with a writer that never ends it fails', async () => {
  await build('one');
  const { mtimeMs } = fs.statSync(made());
  await build('one');
  expect(fs.statSync(made()).mtimeMs).toBe(mtimeMs);
  await expect(build('two', () => compileAs('three'))).rejects.toThrow('UNITS_OVERWRITTEN');
});

test('units of which nothing says what they were made of are made again', async () => {
  await build('one');
  fs.rmSync(join(unit(), 'made-of'));
  fs.writeFileSync(made(), 'of an orphan');
  expect(await build('one')).toBe('one');
});
