import type { Commit, WorkTree } from './commit';
import { nxJson, vendorLock } from './files';

/** The base and what is made of it, in the first part of the history; later there is `admin` too. */
const onTools = 'base-tools report pair-in pair-out';
const onRuntime = `base-runtime ${onTools} api job web stats shared args`;

const index = 'svc/web/static/index.html';
const apiMain = 'svc/api/cmd/api/main.go';
const passwd = 'containerfiles/runtime/etc/passwd';
const greeting = 'containerfiles/tools/bin/greet';
const imageOptions = (options: object) => JSON.stringify({ targets: { 'build-image': { options } } });

const firstWeeks: readonly Commit[] = [
  {
    what: 'a page and its table',
    differs: 'web data stats',
    change: ({ append }) => {
      append(index, '<p>more</p>\n');
      append('svc/data/tables/one.csv', '2\n');
    },
  },
  { what: 'a new table', differs: 'data stats', change: ({ put }) => put('svc/data/tables/two.csv', '1\n') },
  {
    what: 'a picture, and the page that shows it',
    differs: 'shared web',
    change: ({ append }) => {
      append('libs/pictures/b.txt', 'c\n');
      append(index, '<img>\n');
    },
  },
  {
    what: 'another word of a library',
    differs: 'api job',
    change: ({ replace }) => replace('libs/greet/greet.go', 'hello', 'good morning'),
  },
  {
    what: 'the base has another user',
    differs: onRuntime,
    change: ({ append }) => append(passwd, 'x:x:8:8::/:\n'),
  },
  {
    what: 'the part of a library that one program uses',
    differs: 'job',
    beyond23: { edge: 'api' },
    change: ({ replace }) => replace('libs/greet/times/times.go', 'noon', 'evening'),
  },
  {
    what: 'Python, and a README',
    differs: 'report',
    change: ({ append, put }) => {
      append('svc/report/report/__main__.py', 'print("more")\n');
      put('svc/report/README.md', '# report\n');
    },
  },
  {
    what: 'a crate that another needs',
    differs: 'echo',
    change: ({ replace }) => replace('rust/words/src/lib.rs', 'echo', 'and again'),
  },
  {
    what: 'code is generated anew',
    differs: 'gen',
    change: ({ replace }) => {
      replace('gen/code.proto', 'One', 'Two');
      replace('gen/generated/code.txt', 'version 1', 'version 2');
    },
  },
  {
    what: 'a README',
    differs: '',
    beyond23: { directory: 'web' },
    change: ({ append }) => append('svc/web/README.md', 'more\n'),
  },
  {
    what: 'a comment in Go',
    differs: '',
    beyond: { comment: 'api' },
    change: ({ append }) => append(apiMain, '// why\n'),
  },
  {
    what: 'a handler, its test, and a page',
    differs: 'api web',
    change: ({ replace, append }) => {
      append(index, '<p>v2</p>\n');
      replace(apiMain, '/v1', '/v2');
      append('svc/api/cmd/api/main_test.go', '\nvar V2 = true\n');
    },
  },
  {
    what: 'only a test',
    differs: '',
    beyond23: { directory: 'api' },
    change: ({ append }) => append('svc/api/cmd/api/main_test.go', '\nvar V3 = true\n'),
  },
  {
    what: 'the base gets a file',
    differs: onRuntime,
    change: ({ put }) => put('containerfiles/runtime/etc/motd', 'hello\n'),
  },
  {
    what: 'a file is renamed',
    differs: 'data stats',
    change: ({ move }) => move('svc/data/tables/two.csv', 'svc/data/tables/three.csv'),
  },
  {
    what: 'a file is deleted',
    differs: 'data stats',
    change: ({ remove }) => remove('svc/data/tables/three.csv'),
  },
  { what: 'that is reverted', differs: 'data stats', change: ({ git }) => revert(git, 'HEAD') },
  {
    what: 'a file becomes executable',
    differs: 'gen',
    change: ({ allowExecution }) => allowExecution('gen/generated/code.txt'),
  },
  {
    what: 'the base sets a variable',
    differs: onRuntime,
    change: ({ append }) => append('containerfiles/runtime/Containerfile', 'ENV TZ=UTC\n'),
  },
  {
    what: 'the image of a registry is locked anew',
    differs: 'vendor',
    change: ({ put }) => put('svc/vendor/images.lock.json', vendorLock('2')),
  },
  {
    what: 'an ignore file of one, and what it ignores',
    differs: '',
    beyond: { ignore: 'web' },
    change: ({ put }) => {
      put('svc/web/.containerignore', 'static/draft\n');
      put('svc/web/static/draft', 'draft\n');
    },
  },
  {
    what: 'what it ignores, and a page',
    differs: 'web',
    change: ({ append }) => {
      append('svc/web/static/draft', 'more\n');
      append(index, '<p>draft to come</p>\n');
    },
  },
  {
    what: 'only what it ignores',
    differs: '',
    beyond23: { directory: 'web' },
    change: ({ append }) => append('svc/web/static/draft', 'done\n'),
  },
  {
    what: 'it ignores nothing any more',
    differs: 'web',
    change: ({ put }) => put('svc/web/.containerignore', '# nothing\n'),
  },
  {
    what: 'the ignore file of the workspace leaves out a font',
    differs: 'shared',
    beyond: { ignore: 'api job' },
    change: ({ append }) => append('.containerignore', 'libs/*/draft.txt\n'),
  },
  {
    what: 'base and tools together',
    differs: onRuntime,
    change: ({ append }) => {
      append(passwd, 'y:x:9:9::/:\n');
      append(greeting, 'echo again\n');
    },
  },
];

const failures: readonly Commit[] = [
  {
    what: 'a Containerfile breaks',
    differs: 'data stats',
    change: ({ append }) => append('svc/data/Containerfile', 'COPI x /\n'),
  },
  { what: 'another image meanwhile', differs: 'web', change: ({ append }) => append(index, '<p>x</p>\n') },
  {
    what: 'a file of the one that is broken',
    differs: '',
    beyond: { failed: 'data stats' },
    change: ({ append }) => append('svc/data/tables/one.csv', '3\n'),
  },
  {
    what: 'it is repaired',
    differs: 'data stats',
    change: ({ replace }) => replace('svc/data/Containerfile', 'COPI x /\n', 'LABEL kind=tables\n'),
  },
  {
    what: 'a COPY of what is not there',
    differs: 'pair-in pair-out',
    change: ({ append }) => append('pair/in.Containerfile', 'COPY nothing /\n'),
  },
  {
    what: 'there it is',
    differs: 'pair-in pair-out',
    change: ({ put }) => put('pair/nothing', 'something\n'),
  },
  {
    what: 'a library does not compile',
    differs: 'api job',
    change: ({ append }) => append('libs/greet/greet.go', 'func {\n'),
  },
  {
    what: 'a new base meanwhile',
    differs: onRuntime.replace(' api job', ''),
    beyond: { failed: 'api job' },
    change: ({ append }) => append(passwd, 'z:x:10:10::/:\n'),
  },
  {
    what: 'it compiles again',
    differs: 'api job',
    change: ({ replace }) => replace('libs/greet/greet.go', 'func {\n', 'var More = 1\n'),
  },
];

const configuration: readonly Commit[] = [
  {
    what: 'a build argument',
    differs: 'args',
    change: ({ put }) => put('svc/args/project.json', imageOptions({ buildArgs: { LEVEL: 'high' } })),
  },
  {
    what: 'another value of it',
    differs: 'args',
    change: ({ replace }) => replace('svc/args/project.json', 'high', 'higher'),
  },
  {
    what: 'its default, which only the history of the image shows',
    differs: 'args',
    change: ({ replace }) => replace('svc/args/Containerfile', 'low', 'lower'),
  },
  {
    what: 'one platform only',
    differs: 'web',
    change: ({ put }) => put('svc/web/project.json', imageOptions({ platforms: ['linux/arm64'] })),
  },
  {
    what: 'the plugin is updated, and builds other bytes',
    differs: '*',
    change: (tree) => updatePlugin(tree, true),
  },
  { what: 'another package of npm', differs: '', change: bumpPackage },
  {
    what: 'the base forgets a user',
    differs: onRuntime,
    change: ({ replace }) => replace(passwd, 'x:x:8:8::/:\n', ''),
  },
];

const onTools2 = `${onTools} admin`;
const onRuntime2 = `${onRuntime} admin`;

const newThings: readonly Commit[] = [
  {
    what: 'a new component',
    differs: 'admin',
    change: ({ put }) => {
      put('svc/admin/Containerfile', 'FROM localhost/acme/base-tools\nCOPY pages /pages\n');
      put('svc/admin/pages/one.html', '<p>admin</p>\n');
    },
  },
  {
    what: 'its pages, and a picture',
    differs: 'admin shared',
    change: ({ put, append }) => {
      put('svc/admin/pages/two.html', '<p>two</p>\n');
      append('libs/pictures/b.txt', 'd\n');
    },
  },
  {
    what: 'a third file of a directory',
    differs: 'pair-third',
    change: ({ put }) => put('pair/third.Dockerfile', 'FROM scratch\nCOPY in.txt /\n'),
  },
  {
    what: 'what two of them take',
    differs: 'pair-in pair-out pair-third',
    change: ({ append }) => append('pair/in.txt', 'more\n'),
  },
  {
    what: 'a branch of five commits is merged',
    differs: 'web data stats shared report echo admin pair-out',
    change: (tree) =>
      merge(tree, [
        () => tree.append(index, '<p>of the branch</p>\n'),
        () => tree.append('svc/data/tables/one.csv', '4\n'),
        () => tree.append('libs/fonts/a.txt', 'b\n'),
        () => {
          tree.replace('rust/words/src/lib.rs', 'and again', 'of the branch');
          tree.append('svc/report/report/__main__.py', 'print("of the branch")\n');
        },
        () => {
          tree.append('svc/admin/pages/one.html', '<p>branch</p>\n');
          tree.append('pair/out.txt', 'branch\n');
        },
      ]),
  },
  {
    what: 'the merge is reverted',
    differs: 'web data stats shared report echo admin pair-out',
    change: ({ git }) => git('revert', '--no-commit', '-m', '1', 'HEAD'),
  },
  {
    what: 'another, with a change of the base',
    differs: `${onRuntime2} pair-third`,
    change: (tree) =>
      merge(tree, [
        () => tree.append('pair/in.txt', 'branch\n'),
        () => tree.append(passwd, 'v:x:11:11::/:\n'),
      ]),
  },
  {
    what: 'one moves, one goes',
    differs: '',
    beyond: { deleted: '*' },
    change: ({ move, remove }) => {
      move('gen', 'media/gen');
      remove('pair/third.Dockerfile');
    },
  },
  {
    what: 'generated anew where it lies now',
    differs: 'gen',
    change: ({ replace }) => replace('media/gen/generated/code.txt', 'version 2', 'version 3'),
  },
  { what: 'the tools', differs: onTools2, change: ({ append }) => append(greeting, 'echo more\n') },
];

const laterWeeks: readonly Commit[] = [
  {
    what: 'a file of the base is renamed',
    differs: onRuntime2,
    change: ({ move }) => move('containerfiles/runtime/etc/motd', 'containerfiles/runtime/etc/issue'),
  },
  { what: 'line ends', differs: 'args', change: ({ replace }) => replace('svc/args/args.txt', '\n', '\r\n') },
  {
    what: 'a version in Cargo.toml and Cargo.lock, and a word',
    differs: 'echo',
    change: ({ replace }) => {
      replace('rust/words/Cargo.toml', '0.1.0', '0.2.0');
      replace('rust/Cargo.lock', 'name = "words"\nversion = "0.1.0"', 'name = "words"\nversion = "0.2.0"');
      replace('rust/words/src/lib.rs', 'and again', 'once more');
    },
  },
  {
    what: 'one is made of another base',
    differs: 'stats',
    change: ({ replace }) => replace('svc/stats/Containerfile', 'base-runtime', 'base-tools'),
  },
  {
    what: 'another compression of all layers, of which one image has none',
    differs: `${onRuntime2} data gen echo`,
    beyond: { settings: 'vendor' },
    change: ({ put }) =>
      put('nx.json', nxJson({ targetDefaults: { 'build-image': { options: { compression: 'gzip' } } } })),
  },
  {
    what: 'a directory that is copied has another name',
    differs: 'shared',
    change: ({ move, replace }) => {
      move('libs/fonts', 'libs/type');
      replace('svc/shared/Containerfile', 'libs/fonts /fonts', 'libs/type /type');
    },
  },
  {
    what: 'a package of Go moves, and says another word',
    differs: 'job',
    beyond23: { edge: 'api' },
    change: ({ move, replace }) => {
      move('libs/greet/times', 'libs/greet/clock');
      replace('libs/greet/clock/times.go', 'package times', 'package clock');
      replace('libs/greet/clock/times.go', 'evening', 'night');
      replace('svc/job/cmd/job/main.go', '/times', '/clock');
      replace('svc/job/cmd/job/main.go', 'times.', 'clock.');
    },
  },
  {
    what: 'the base, for a while',
    differs: onRuntime2,
    change: ({ append }) => append('containerfiles/runtime/Containerfile', 'ENV WHILE=1\n'),
  },
  {
    what: 'pages of two',
    differs: 'web admin',
    change: ({ append }) => {
      append(index, '<p>two</p>\n');
      append('svc/admin/pages/one.html', '<p>two</p>\n');
    },
  },
  { what: 'the base is reverted', differs: onRuntime2, change: ({ git }) => revert(git, 'HEAD~1') },
  {
    what: 'a file of the base is gone, and one of its users has it itself',
    differs: onRuntime2,
    change: ({ move }) => move('containerfiles/runtime/etc/issue', 'svc/web/static/issue'),
  },
  {
    what: 'a comment in a Containerfile',
    differs: '',
    beyond: { comment: 'web' },
    change: ({ append }) => append('svc/web/Containerfile', '# why\n'),
  },
  {
    what: 'a word of both, and their table',
    differs: 'api job data stats',
    change: ({ replace, append }) => {
      replace('libs/greet/greet.go', 'good morning', 'good evening');
      append('svc/data/tables/one.csv', '5\n');
    },
  },
  { what: 'the plugin is as it was', differs: '*', change: (tree) => updatePlugin(tree, false) },
  {
    what: 'Python and its pages',
    differs: 'report admin',
    change: ({ append }) => {
      append('svc/report/report/__main__.py', 'print("pages")\n');
      append('svc/admin/pages/two.html', '<p>report</p>\n');
    },
  },
  {
    what: 'the tools again',
    differs: `${onTools2} stats`,
    change: ({ append }) => append(greeting, 'exit 0\n'),
  },
  {
    what: 'what depends on the other of a pair',
    differs: 'pair-out',
    change: ({ append }) => append('pair/out.txt', 'more\n'),
  },
  { what: 'own files', differs: 'shared', change: ({ append }) => append('svc/shared/own', 'more\n') },
  {
    what: 'the image of a registry again',
    differs: 'vendor',
    change: ({ put }) => put('svc/vendor/images.lock.json', vendorLock('3')),
  },
];

/** More than 60 commits, each on the one before: everyday work, with what goes wrong in between. */
export const history: readonly Commit[] = [
  ...firstWeeks,
  ...failures,
  ...configuration,
  ...newThings,
  ...laterWeeks,
];

function revert(git: WorkTree['git'], commit: string): void {
  git('revert', '--no-commit', commit);
}

/** Commits of a branch, brought back as one with two parents; the work tree is that of the merge then. */
function merge({ git }: WorkTree, work: readonly (() => void)[]): void {
  git('switch', '-qc', 'branch');
  for (const change of work) {
    change();
    git('commit', '-qam', 'on the branch');
  }
  git('switch', '-q', '-');
  git('merge', '--no-ff', '--no-commit', '-q', 'branch');
  git('branch', '-qD', 'branch');
}

/** As `npm install` writes it: another tarball, in the manifest and in the lockfile. */
function updatePlugin({ replace }: WorkTree, edited: boolean): void {
  const names = ['/prism-build-nx-', '/edited-prism-build-nx-'];
  const [from, to] = edited ? names : names.reverse();
  for (const file of ['package.json', 'package-lock.json']) replace(file, from!, to!);
}

/** A package that the plugin has nothing to do with, in the manifest and in the lockfile. */
function bumpPackage({ replace }: WorkTree): void {
  replace('package.json', '"devDependencies":{', '"devDependencies":{"tslib":"2.99.0",');
  replace(
    'package-lock.json',
    '"devDependencies": {\n',
    '"devDependencies": {\n        "tslib": "2.99.0",\n',
  );
  replace(
    'package-lock.json',
    '"node_modules/tslib": {\n      "version": "',
    '"node_modules/tslib": {\n      "version": "2.99.0-',
  );
}
