import * as fc from 'fast-check';
import { listConcerned, listDefinitions, listMounts, parseState, planLayout, planUpdate } from '../src';

const layoutOf = (files: string[], base: string[] = [], program?: string, others: string[] = []) =>
  planLayout({ files, others, base, program });

describe('how files get into the container', () => {
  test('a program at the root is swapped by the shim', () => {
    expect(layoutOf(['server'], [], 'server')).toEqual({ program: 'server', directories: [], files: [] });
    expect(layoutOf(['usr/bin/x'], ['usr/bin/python3'], 'usr/bin/x')).toMatchObject({ program: 'usr/bin/x' });
  });

  test('a directory of the image alone is mounted, as far up as possible', () => {
    const layout = layoutOf(
      ['app/x/main.py', 'app/y.py', 'srv/www/a.html'],
      ['usr/bin/python3'],
      'usr/bin/python3',
    );
    expect(layout).toEqual({ program: undefined, directories: ['app', 'srv'], files: [] });
    expect(listMounts(layout)).toEqual([
      { source: 'shim', target: '/.prism-dev', kind: 'directory' },
      { source: 'directories/0', target: '/app', kind: 'directory' },
      { source: 'directories/1', target: '/srv', kind: 'directory' },
    ]);
  });

  test('a program within such a directory needs no swap', () => {
    expect(layoutOf(['app/server', 'app/a.html'], [], 'app/server')).toMatchObject({
      program: undefined,
      directories: ['app'],
    });
  });

  test('a file beside files of the base is mounted alone; directories of engines are not mounted', () => {
    expect(layoutOf(['srv/a', 'etc/app.conf', 'etc/app/b'], ['srv/base'])).toEqual({
      program: undefined,
      directories: ['etc/app'],
      files: ['etc/app.conf', 'srv/a'],
    });
  });

  test('no mount hides a file of the base, and each file has one place', () => {
    const path = fc
      .array(fc.constantFrom('a', 'b', 'etc', 'usr'), { minLength: 1, maxLength: 4 })
      .map((parts) => parts.join('/'));
    fc.assert(
      fc.property(fc.uniqueArray(path), fc.uniqueArray(path), (own, base) => {
        const { directories, files, program } = layoutOf(own, base, own[0]);
        for (const directory of directories) {
          expect(base.some((one) => one.startsWith(`${directory}/`))).toBe(false);
          expect(['etc', 'run', 'tmp']).not.toContain(directory);
        }
        for (const one of own) {
          const places = [
            ...directories.filter((directory) => one.startsWith(`${directory}/`)),
            ...files.filter((file) => file === one),
            ...(program === one ? [program] : []),
          ];
          expect(places).toHaveLength(1);
        }
      }),
    );
  });
});

describe('what a change needs', () => {
  const layout = { program: 'server', directories: ['srv'], files: ['etc/app.conf'] };
  const kindOf = (written: string[], removed: string[] = [], interprets = false) =>
    planUpdate(layout, { written, removed }, interprets).kind;

  test('nothing, files that are served, another start, another image', () => {
    expect(kindOf([])).toBe('none');
    expect(kindOf(['srv/a.html', 'srv/b.CSS'])).toBe('files');
    expect(kindOf([], ['srv/a.html'])).toBe('files');
    expect(kindOf(['server'])).toBe('restart');
    expect(kindOf(['etc/app.conf'])).toBe('restart');
    expect(kindOf(['srv/a.html', 'srv/data.json'])).toBe('restart');
    expect(kindOf(['opt/new'])).toBe('image');
    // The mount of a single file holds it; only another container is without it.
    expect(kindOf([], ['etc/app.conf'])).toBe('image');
    expect(kindOf([], ['server'])).toBe('image');
  });

  test('scripts are served by compiled programs, and run by interpreters', () => {
    expect(kindOf(['srv/a.js'])).toBe('files');
    expect(kindOf(['srv/a.js'], [], true)).toBe('restart');
    expect(kindOf(['srv/a.html'], [], true)).toBe('files');
  });
});

test('files after which nx reads the project again', () => {
  expect(listDefinitions('svc/a/build.containerfile', 'svc').sort()).toEqual([
    'nx.json',
    'svc/.containerignore',
    'svc/.dockerignore',
    'svc/a/build.containerfile',
    'svc/a/images.lock.json',
    'svc/a/package.json',
    'svc/a/pin.json',
    'svc/a/project.json',
    'svc/a/rootfs.json',
    'svc/a/rootfs.lock.json',
  ]);
  // A context of the whole workspace.
  expect(listDefinitions('Containerfile', '.')).toEqual(
    expect.arrayContaining(['Containerfile', 'project.json', '.containerignore', 'nx.json']),
  );
});

test('the state of the shim', () => {
  expect(parseState(`${'3 running 7'.padEnd(47)}\n`)).toEqual({ start: 3, kind: 'running', detail: 7 });
  expect(parseState('4 killed 9\n')).toEqual({ start: 4, kind: 'killed', detail: 9 });
  expect(parseState('')).toBeUndefined();
  expect(parseState('3 runn')).toBeUndefined();
});

describe('whom a change concerns', () => {
  const reads = [
    ['/w/a/main.go', '/w/go.work', '/w/sdk/x.go'],
    ['/w/b/src/b.py', '/w/sdk/x.go'],
  ];
  test.each([
    ['a file that one reads', '/w/a/main.go', [true, false]],
    ['a file that both read', '/w/sdk/x.go', [true, true]],
    ['a new file beside one of one component', '/w/a/new.go', [true, false]],
    ['a new file below its directory', '/w/b/src/deep/er/c.py', [false, true]],
    ['a new file at the top, where one reads another', '/w/x.toml', [true, false]],
    ['a file beside which no component reads anything', '/w/c/d', [true, true]],
    ['the directory of its files, as git changes it', '/w/a', [true, false]],
  ])('%s', (_, path, expected) => {
    expect(listConcerned('/w', reads, [path]).map((paths) => paths.includes(path))).toEqual(expected);
  });

  test('nothing is lost', () => {
    const path = fc
      .array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 4 })
      .map((parts) => `/w/${parts.join('/')}`);
    fc.assert(
      fc.property(fc.array(fc.array(path), { minLength: 1 }), fc.uniqueArray(path), (all, changed) => {
        const found = listConcerned('/w', all, changed);
        expect(found).toHaveLength(all.length);
        expect(new Set(found.flat())).toEqual(new Set(changed));
        for (const [at, files] of all.entries())
          expect(found[at]).toEqual(expect.arrayContaining(changed.filter((one) => files.includes(one))));
      }),
    );
  });
});
