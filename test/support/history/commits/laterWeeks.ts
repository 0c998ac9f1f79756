import type { Commit } from '../commit';
import { nxJson, vendorLock } from '../files';
import { greeting, index, onRuntime2, onTools2, revert, updatePlugin } from './shared';

/** More everyday work, with bigger changes. */
export const laterWeeks: readonly Commit[] = [
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
    what: 'a release: the base says its number',
    differs: onRuntime2,
    change: ({ append }) => append('containerfiles/runtime/Containerfile', 'ENV RELEASE=2\n'),
  },
  {
    what: 'what belongs to the release',
    differs: 'data stats report shared admin',
    change: ({ append }) => {
      append('svc/data/tables/one.csv', '6\n');
      append('svc/report/report/__main__.py', 'print("release")\n');
      append('libs/pictures/b.txt', 'release\n');
      append('svc/admin/pages/one.html', '<p>release</p>\n');
    },
  },
  {
    what: 'another compression of all layers, of which one image has none',
    differs: `${onRuntime2} data gen echo`,
    beyond: { settings: 'vendor' },
    change: ({ put }) =>
      put('nx.json', nxJson({ targetDefaults: { 'build-image': { options: { compression: 'gzip' } } } })),
  },
  {
    what: 'the image of a registry again',
    differs: 'vendor',
    change: ({ put }) => put('svc/vendor/images.lock.json', vendorLock('3')),
  },
];
