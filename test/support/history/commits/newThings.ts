import type { Commit } from '../commit';
import { greeting, index, merge, onRuntime2, onTools2, passwd } from './shared';

/** New, moved and deleted components; branches. */
export const newThings: readonly Commit[] = [
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
