import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DevelopedImage } from '@prism-build/builder';
import { walkDirectory } from '@prism-build/shell';
import * as fc from 'fast-check';
import { openChanges } from '../../src/dev/changes';
import type { Node, Tree } from '../../src/dev/place';
import { openSession } from '../../src/dev/session';
import { watchFiles } from '../../src/dev/watch';

let root: string;
const path = (name: string) => join(root, name);
const write = (name: string, text: string) => {
  fs.mkdirSync(join(path(name), '..'), { recursive: true });
  fs.writeFileSync(path(name), text);
};
beforeEach(() => {
  root = fs.mkdtempSync(join(fs.realpathSync(tmpdir()), 'prism-dev-'));
});
afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

describe('watching', () => {
  const sees = async (seen: ReadonlySet<string>, expected: string) => {
    for (const end = Date.now() + 5000; !seen.has(path(expected)) && Date.now() < end; )
      await new Promise((resolve) => setTimeout(resolve, 5));
    expect([...seen]).toContain(path(expected));
  };

  test.each([
    ['written in place', () => write('a/x.go', 'two'), 'a/x.go'],
    [
      'replaced by renaming',
      () => {
        write('a/x.go.swp', 'two');
        fs.renameSync(path('a/x.go.swp'), path('a/x.go'));
      },
      'a/x.go',
    ],
    ['a new file beside it', () => write('a/y.go', 'new'), 'a/y.go'],
    ['a file in a new directory', () => write('a/b/c/z.go', 'new'), 'a/b/c/z.go'],
    [
      'its directory removed and made again, as git does',
      () => {
        fs.rmSync(path('a'), { recursive: true });
        write('a/x.go', 'other branch');
      },
      'a',
    ],
  ])('%s', async (_, change, expected) => {
    write('svc/a/x.go', 'one');
    const [before, seen] = [root, new Set<string>()];
    root = path('svc');
    const watching = watchFiles(before, (paths) => {
      for (const one of paths) seen.add(one);
    });
    try {
      watching.follow([path('a/x.go')]);
      change();
      await sees(seen, expected);
    } finally {
      watching.end();
      root = before;
    }
  });

  test('directories that are there for a moment, as compilers make them', async () => {
    write('a/x.go', 'one');
    const seen = new Set<string>();
    const watching = watchFiles(root, (paths) => {
      for (const one of paths) seen.add(one);
    });
    watching.follow([path('a/x.go')]);
    const churn = `const fs = require('node:fs');
for (let at = 0; at < 4000; at++) {
  fs.mkdirSync('a/t' + at);
  fs.rmdirSync('a/t' + at);
}`;
    const churning = spawn(process.execPath, ['-e', churn], { cwd: root });
    expect(await new Promise((resolve) => churning.on('close', resolve))).toBe(0);
    write('a/x.go', 'two');
    await sees(seen, 'a/x.go');
    watching.end();
  });

  test('many changes at once are one update; node_modules is not looked at', async () => {
    write('a/x.go', 'one');
    const updates: (readonly string[])[] = [];
    const watching = watchFiles(root, (paths) => updates.push(paths));
    watching.follow([path('a/x.go')]);
    for (let at = 0; at < 20; at++) write(`a/${at}.go`, 'new');
    write('a/node_modules/m/index.js', 'new');
    await new Promise((resolve) => setTimeout(resolve, 200));
    watching.end();
    expect(updates).toHaveLength(1);
    expect(updates[0]!.filter((one) => one.includes('node_modules/'))).toEqual([]);
  });
});

test('changes that come while nothing waits are the next ones; an end comes first', async () => {
  const changes = openChanges();
  const over = new AbortController();
  changes.add(['a']);
  changes.add(['b', 'a']);
  expect(await changes.next(over.signal, 0)).toEqual({ kind: 'changed', paths: ['a', 'b'] });
  expect(await changes.next(over.signal, 1)).toEqual({ kind: 'idle' });
  const waiting = changes.next(over.signal, 0);
  over.abort();
  expect(await waiting).toEqual({ kind: 'over' });
  changes.add(['c']);
  expect(await changes.next(over.signal, 0)).toEqual({ kind: 'over' });
});

describe('the files of a container', () => {
  const file = (name: string, mode = 0o644) =>
    ({ type: 'file', mode, uid: 0, gid: 0, content: { kind: 'file', path: path(name), size: 1 } }) as const;
  const tree = (entries: Record<string, ReturnType<typeof file>>): DevelopedImage['own'] =>
    new Map(Object.entries(entries));

  test('a change is placed: the program by renaming, a mounted file in its inode, the rest by renaming', () => {
    for (const name of ['program', 'page', 'conf', 'shim']) write(name, 'one');
    const own = tree({
      server: file('program', 0o755),
      'srv/page.html': file('page'),
      'etc/app.conf': file('conf'),
    });
    const base: DevelopedImage['base'] = tree({ 'etc/passwd': file('conf') });
    const session = openSession(path('session'), { own, base }, 'server', path('shim'));
    const places = ['session/shim/program', 'session/directories/0/page.html', 'session/files/0'];
    expect(places.map((one) => fs.readFileSync(path(one), 'utf8'))).toEqual(['one', 'one', 'one']);
    expect(session.place(own)).toEqual({ written: [], removed: [] });
    const inodes = places.map((one) => fs.statSync(path(one)).ino);
    for (const name of ['program', 'page', 'conf']) write(name, 'two');
    expect([...session.place(own).written].sort()).toEqual(['etc/app.conf', 'server', 'srv/page.html']);
    expect(places.map((one) => fs.readFileSync(path(one), 'utf8'))).toEqual(['two', 'two', 'two']);
    expect(places.map((one, at) => fs.statSync(path(one)).ino === inodes[at])).toEqual([false, false, true]);
    const less = tree({ server: file('program', 0o755), 'etc/app.conf': file('conf') });
    expect(session.place(less)).toEqual({ written: [], removed: ['srv/page.html'] });
    expect(fs.existsSync(path('session/directories/0/page.html'))).toBe(false);
    session.remove();
    expect(fs.existsSync(path('session'))).toBe(false);
  });

  /** Files with their contents, links, directories, and modes; the shim's own are left out. */
  const listed = (directory: string): string[] =>
    [...walkDirectory(directory)]
      .flatMap(({ path, entry }) => {
        const at = join(directory, path);
        if (/^(request|state|shim|new|good)$/.test(entry.name)) return [];
        const { mode } = fs.lstatSync(at);
        const content = entry.isFile()
          ? fs.readFileSync(at, 'utf8')
          : entry.isSymbolicLink()
            ? fs.readlinkSync(at)
            : '';
        return [`${at} ${mode.toString(8)} ${content}`];
      })
      .sort();

  test('whatever newer versions change, the files of the last good one come back', () => {
    write('shim', 'shim');
    const one = fc.record({
      type: fc.constantFrom('file' as const, 'directory' as const, 'symlink' as const),
      text: fc.constantFrom('a', 'b'),
      mode: fc.constantFrom(0o644, 0o755),
    });
    const name = fc.constantFrom('app/a', 'app/b', 'app/a/c', 'app/a/c/d', 'app/b/e', 'server', 'etc/conf');
    const versions = fc.array(fc.dictionary(name, one, { noNullPrototype: true }), {
      minLength: 2,
      maxLength: 4,
    });
    type One = typeof one extends fc.Arbitrary<infer T> ? T : never;
    const treeOf = (version: Readonly<Record<string, One>>): Tree => {
      const nodes = new Map<string, Node>();
      for (const [at, { type, text, mode }] of Object.entries(version)) {
        const parents = at.split('/').map((_, depth, parts) => parts.slice(0, depth).join('/'));
        const owner = { uid: 0, gid: 0 };
        if (parents.some((parent) => (version[parent]?.type ?? 'directory') !== 'directory')) continue;
        for (const parent of parents.slice(1))
          nodes.set(parent, { type: 'directory', mode: 0o755, ...owner });
        if (type === 'directory') nodes.set(at, { type, mode: 0o755, ...owner });
        else if (type === 'symlink') nodes.set(at, { type, mode, ...owner, linkTarget: text });
        else nodes.set(at, { type, mode, ...owner, content: { kind: 'bytes', bytes: Buffer.from(text) } });
      }
      return nodes;
    };
    fc.assert(
      fc.property(versions, ([first, ...others]) => {
        const image = { own: treeOf(first!), base: tree({ 'etc/passwd': file('shim') }) };
        const session = openSession(path('session'), image, 'server', path('shim'));
        expect(session.restore()).toBe(false);
        session.keep();
        const good = listed(path('session'));
        for (const other of others) session.place(treeOf(other));
        session.request();
        expect(session.isGood()).toBe(false);
        expect(session.restore()).toBe(true);
        expect(listed(path('session'))).toEqual(good);
        // What is known of them came back, too.
        expect(session.place(image.own)).toEqual({ written: [], removed: [] });
      }),
      { numRuns: 20 },
    );
  });
});
