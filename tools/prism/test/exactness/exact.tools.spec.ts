import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runPool } from '@prism-build/shell';
import { repository as here } from '../../../../test/support/plugin';
import { treeSeed } from '../../../../test/support/treeSeed';
import { type Compiled, compile } from './compile';
import { exceptions } from './exceptions';
import { repository, seedWord } from './repository';
import { type Key, makeRepository, type Repository } from './workspace';

// A minute on a quiet machine.
jest.setTimeout(1_200_000);

const seed = Number(process.env.EXACT_SEED ?? treeSeed());
const work = mkdtempSync(join(tmpdir(), 'prism-exact-work-'));
// The standard library is compiled once for all suites.
const goCache = process.env.PRISM_CACHE_DIR ?? join(here, '.prism', 'cache');
let repo: Repository;

beforeAll(() => {
  const pins = Object.fromEntries(
    ['go', 'rust', 'python'].map((name) => {
      const file = `containerfiles/${name}-builder/pin.json`;
      return [file, readFileSync(join(here, file), 'utf8')];
    }),
  );
  repo = makeRepository({ ...repository, ...pins });
});
afterAll(() => {
  repo.remove();
  rmSync(work, { recursive: true, force: true });
});

/** A file with other bytes: its value where it has one, else random bytes at its end. */
function mutate(file: string, at: number): string {
  const content = repository[file]!;
  const hex = (((seed + 1) * 2654435761 + at * 40503) >>> 0).toString(16).padStart(8, '0').slice(-6);
  // A Containerfile that is none would only tell of itself.
  if (file.endsWith('Containerfile')) return `${content}# ${hex}\n`;
  return content.includes(seedWord)
    ? content.replaceAll(seedWord, `seed-${hex}`)
    : `${content}\u0001${hex}\u0002`;
}

/** What prism itself reads of a component, whatever its compiler opens. */
const ours = (key: Key): RegExp =>
  new RegExp(
    `^(${key.options.containerfile.replace('Containerfile', '(Containerfile|\\.containerignore|project\\.json)')}|.*/pin\\.json)$`,
  );

test('a key changes with the result, and only with what the compiler opens', async () => {
  process.stderr.write(`exactness: EXACT_SEED=${seed}\n`);
  const keys = await repo.keys();
  expect(keys.size).toBe(12);
  const where = { root: repo.root, work, goCache };
  const before = new Map<string, Compiled>();
  await runPool([...keys], 2, async ([name, key]) => {
    const all = await compile(name, key, { ...where, sees: 'all', witness: true });
    const closure = await compile(name, key, { ...where, sees: 'closure' });
    // What is left out of the compiler's tree changes nothing.
    expect([name, all.outcome, all.why]).toEqual([name, closure.outcome, closure.why]);
    expect(all.outcome).not.toBe('failed');
    before.set(name, all);
  });

  const wrong: string[] = [];
  const unused = new Set(exceptions);
  let [changed, failures] = [0, 0];
  const files = Object.keys(repository).filter((file) => !repository[file]!.startsWith('-> '));
  for (const [at, file] of files.entries()) {
    repo.write(file, mutate(file, at));
    const after = await repo.keys();
    const differs = (name: string) => keys.get(name)!.digest !== after.get(name)?.digest;
    await runPool([...keys], 2, async ([name, key]) => {
      const was = before.get(name)!;
      const own = ours(key).test(file);
      if (differs(name) && !own && !was.opened.has(file)) {
        const known = exceptions.find((one) => one.file.test(file) && one.component.test(name));
        if (known) unused.delete(known);
        else wrong.push(`${file} changes the key of ${name}, whose compiler did not open it`);
      }
      if (own || !was.copied.has(file)) return;
      const { outcome } = await compile(name, key, { ...where, sees: 'all' });
      if (outcome === was.outcome) return;
      changed++;
      if (outcome === 'failed') failures++;
      if (!differs(name)) wrong.push(`${file} changes what ${name} is, and not its key`);
    });
    repo.write(file, repository[file]!);
  }
  process.stderr.write(
    `exactness: ${files.length} files, ${changed} results changed, ${failures} of them to failures\n`,
  );
  expect(wrong).toEqual([]);
  expect([...unused].map(({ reason }) => reason)).toEqual([]);
  // Mutations that only break builds would prove little.
  expect(changed - failures).toBeGreaterThan(20);
});
