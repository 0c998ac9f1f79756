import type { Commit } from '../commit';
import { vendorLock } from '../files';
import { apiMain, greeting, index, onRuntime, passwd, revert } from './shared';

/** Everyday work: sources, tests, documents, new and deleted files, ignore files, locks. */
export const firstWeeks: readonly Commit[] = [
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
