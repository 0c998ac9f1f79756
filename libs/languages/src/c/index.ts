import { join } from 'node:path';
import shipped from '../../../../containerfiles/c-builder/pin.json';
import type { Language } from '../language';
import { readArguments } from './arguments';
import { checkC } from './check';
import { zigEnvironment } from './environment';
import { explainC, mayLackFiles } from './explain';
import { targetArguments } from './target';
import { findZig, obtainZig } from './toolchain';

const drivers: Readonly<Record<string, 'cc' | 'c++'>> = {
  cc: 'cc',
  gcc: 'cc',
  clang: 'cc',
  'c++': 'c++',
  'g++': 'c++',
  'clang++': 'c++',
};

/**
 * C and C++, by `RUN ["cc", "-O2", "-o", "/out/x", "main.c", …]`: one static program below /out, compiled by Zig with
 * musl. The Zig wheel contains the compiler, the linker and the sources of the C library, so its digest is the whole
 * pin.
 */
export const c: Language = {
  name: 'c',
  title: 'C',

  command: {
    recognise(argv) {
      const [program, ...args] = argv[0] === 'zig' ? argv.slice(1) : argv;
      const driver = drivers[program ?? ''];
      const at = args.indexOf('-o');
      const output = at < 0 ? undefined : /^\/out\/(.+)$/.exec(args[at + 1] ?? '')?.[1];
      if (driver === undefined || output === undefined) return undefined;
      const units = args.filter((_, index) => index !== at && index !== at + 1);
      return { language: 'c', units, flags: { driver, output } };
    },
    check: checkC,
  },

  sources: {
    reads: () => ({ why: 'an include of C may name any file that COPY takes' }),
    neverRead: [],
  },

  compiler: {
    compile({ recognised, targets, directories, toolchain, out }) {
      const { driver = 'cc', output = '' } = recognised.flags;
      const { source, working, home } = directories;
      const given = readArguments(recognised.units, working.slice(source.length + 1));
      // A relative path is not rewritten: it may become text of the program (__FILE__).
      const args = given.map(({ written, option, path }) =>
        path === undefined || !written.slice(option.length).startsWith('/')
          ? written
          : `${option}${join(source, path)}`,
      );
      return targets.map((target) => ({
        argv: [
          ...([toolchain.command, driver, ...(targetArguments(target) ?? []), '-static'] as const),
          // Without -O, Zig would add checks that gcc and clang do not.
          '-fno-sanitize=undefined',
          `-ffile-prefix-map=${source}=`,
          ...args,
          // Debugging information of the C library contains the path of Zig's directory.
          ...['-s', '-Wl,--build-id=none'],
          ...['-o', join(out(target), output)],
        ] as [string, ...string[]],
        cwd: working,
        env: { PATH: '/usr/bin:/bin', HOME: home, ...zigEnvironment(directories) },
      }));
    },
  },

  diagnosis: { explain: explainC, mayLack: mayLackFiles },

  toolchain: {
    builder: 'c-builder',
    shipped: { packages: {}, ...shipped },
    images: [],
    find: findZig,
    obtain: obtainZig,
  },
};
