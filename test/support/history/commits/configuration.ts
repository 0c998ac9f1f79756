import type { Commit } from '../commit';
import { bumpPackage, imageOptions, onRuntime, passwd, updatePlugin } from './shared';

/** Changes of options, of the plugin itself, and of npm packages. */
export const configuration: readonly Commit[] = [
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
    what: 'a build argument that a variable has, in the file from which Nx takes variables',
    differs: 'args',
    change: ({ put }) => {
      put('svc/args/project.json', imageOptions({ buildArgs: { LEVEL: { env: 'WEB_LEVEL' } } }));
      put('.env', 'WEB_LEVEL=loud\n');
    },
  },
  {
    what: 'another value of the variable',
    differs: 'args',
    change: ({ put }) => put('.env', 'WEB_LEVEL=louder\n'),
  },
  {
    what: 'the variable is gone: the default holds',
    differs: 'args',
    change: ({ remove }) => remove('.env'),
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
