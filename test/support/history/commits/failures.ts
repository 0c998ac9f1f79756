import type { Commit } from '../commit';
import { index, onRuntime, passwd } from './shared';

/** Builds that fail, and changes of others meanwhile. */
export const failures: readonly Commit[] = [
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
