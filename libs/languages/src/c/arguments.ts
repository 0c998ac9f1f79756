import { joinInside } from '../closure';

/** An argument of cc: the text passed to the compiler, and the stage path in it, if it has one. */
export interface Argument {
  readonly written: string;
  readonly kind: 'source' | 'flag' | 'refused';
  /** The text before the path: `-I`. */
  readonly option: string;
  /** Relative to the stage's root; undefined if there is no path, or if it leads outside of the stage. */
  readonly path: string | undefined;
  /** The reason why it would not take effect. */
  readonly why: string;
}

const sources = /\.(c|cc|cpp|cxx|C|s|S)$/;
/** Flags that take a path of the stage, in the same argument or in the next one. */
const withPath = ['-I', '-iquote', '-isystem', '-idirafter', '-include'];
/** Flags that change a program and read no file of the machine. */
const harmless =
  /^(-O[0-3sgz]?|-Ofast|-std=\S+|-ansi|-pedantic(-errors)?|-w|-W(?![lpa],)\S*|-[DU]\S.*|-g0|-s|-static|-pthread|-pipe|-f\S+|-m\S+|-l\S+|-Wl,(-s|--gc-sections|--as-needed|-O\d|-z,[\w=-]+))$/su;
/** Libraries that are parts of musl's libc. */
const ofLibc = /^-l(c|crypt|dl|m|pthread|resolv|rt|util|xnet)$/;

const refusals: readonly (readonly [RegExp, string])[] = [
  [
    /^(-target|--target|-mcpu=native|-march=native|-mtune=native|-arch)/,
    'a stage compiles for the platforms of its image',
  ],
  [
    /^(-fuse-ld|-B|--gcc-toolchain|--sysroot|-isysroot|-nostdinc|-specs)/,
    'the builder pins compiler, linker and C library',
  ],
  [/^-L/, 'the builder has no libraries besides its C library; compile their sources'],
  [/^(-c|-S|-E|-shared|-r)$/, 'a compile stage makes static programs'],
  [/^-(dynamic|rdynamic|no-static)/, 'a compile stage makes static programs'],
  [/^-M/, 'a list of dependencies is not a program'],
  [
    /^(-fplugin|-fpass-plugin|-fprofile|-ftest-coverage|--coverage|-fsanitize|-fmodule)/,
    'it needs files or libraries that the builder does not have',
  ],
  [
    /^-g(?!0$)/,
    'programs are stripped: debugging information names directories of the machine that compiles',
  ],
  [/^@/, 'arguments are read from the RUN line alone'],
];

/** Arguments of cc after its name, without `-o` and its value. */
export function readArguments(args: readonly string[], working: string): Argument[] {
  const found: Argument[] = [];
  for (let index = 0; index < args.length; index++) {
    const written = args[index]!;
    const option = withPath.find((one) => written === one || (one !== '-include' && written.startsWith(one)));
    if (option !== undefined) {
      const named = written === option ? args[++index] : written.slice(option.length);
      found.push(toPath(option, named ?? '', working, 'flag'));
    } else if (/^-[DU]$/.test(written)) found.push(toFlag(`${written}${args[++index] ?? ''}`));
    else if (written.startsWith('-') || written.startsWith('@')) found.push(toFlag(written));
    else found.push(toPath('', written, working, 'source'));
  }
  return found;
}

function toPath(option: string, named: string, working: string, kind: 'source' | 'flag'): Argument {
  const written = `${option}${named}`;
  const refuse = (why: string): Argument => ({ written, kind: 'refused', option, path: undefined, why });
  if (named === '') return refuse('it has no value');
  const path = named.startsWith('/') ? joinInside('', named) : joinInside(working, named);
  if (path === undefined) return refuse('it leads out of the stage');
  if (kind === 'source' && !sources.test(named))
    return refuse('it is not a source of C, C++ or assembly (.c .cc .cpp .cxx .C .s .S)');
  return { written, kind, option, path, why: '' };
}

function toFlag(written: string): Argument {
  const [, why] =
    refusals.find(([pattern]) => pattern.test(written)) ??
    (written.startsWith('-l') && !ofLibc.test(written)
      ? [written, `there is no library ${written.slice(2)} for musl in the builder; compile its sources`]
      : harmless.test(written)
        ? []
        : [written, 'the C builder does not support it']);
  if (why === undefined) return { written, kind: 'flag', option: '', path: undefined, why: '' };
  return { written, kind: 'refused', option: '', path: undefined, why };
}
