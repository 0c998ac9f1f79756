// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are variables of sh.
import { zigEnvironment } from '../c/environment';
import { targetArguments } from '../c/target';
import type { CompileRequest, Target } from '../language';

type Environment = Readonly<Record<string, string>>;

/** Whether a stage compiles C. As in Go, except that cgo is off unless the stage enables it. */
export const usesCgo = (stage: Environment): boolean => stage.CGO_ENABLED === '1';

/** Flags of the stage that cgo passes to the C compiler and the linker. */
export const cgoFlags = ['CGO_CFLAGS', 'CGO_CPPFLAGS', 'CGO_CXXFLAGS', 'CGO_LDFLAGS'];
const allowed = /^CGO_(C|CPP|CXX|LD)FLAGS_(DIS)?ALLOW$/;

/** pkg-config would find libraries of this machine, so it is disabled. */
export const noPkgConfig = 'pkg-config-of-no-stage';

/**
 * Wraps Zig's compiler. `#cgo` lines of a module may name directories of the machine, such as -I/usr/local/include.
 * They do not exist in a builder container, so the wrapper removes them here too. Paths in messages and in __FILE__
 * are equal in every clone. The script contains no quotation mark, because the go command splits CC at them.
 */
const wrapper = [
  'inside() { case $1 in /tmp/go-*|$PRISM_SOURCE|$PRISM_SOURCE/*|$PRISM_CACHE/*|$PRISM_GO/*) true ;; *) false ;; esac; }',
  'count=$#; previous=',
  'while [ $count -gt 0 ]; do argument=$1; shift; count=$((count - 1))',
  'case $previous in -I|-L|-isystem|-iquote|-idirafter) case $argument in /*) inside $argument || argument=/nonexistent ;; esac ;; esac',
  'previous=$argument',
  'case $argument in -I/*|-L/*) inside ${argument#-?} || continue ;; -isystem/*) inside ${argument#-isystem} || continue ;; esac',
  'set -- "$@" "$argument"; done',
  'exec "$0" "$@" -ffile-prefix-map=$PRISM_SOURCE= -ffile-prefix-map=$PRISM_CACHE/gomod=/go/pkg/mod',
].join('; ');

/** Makes cgo compile C with the pinned C compiler, for a static program. Empty if cgo is off. */
export function cgoEnvironment(request: CompileRequest, target: Target): Record<string, string> {
  const stage = request.environment(target);
  const zig = request.companions?.c;
  if (!usesCgo(stage) || !zig) return {};
  const { directories, toolchain } = request;
  const call = (driver: string) =>
    [
      `sh -c '${wrapper}'`,
      zig.command,
      driver,
      ...(targetArguments(target) ?? []),
      '-fno-sanitize=undefined',
    ].join(' ');
  const own = Object.entries(stage).filter(([name]) => cgoFlags.includes(name) || allowed.test(name));
  return {
    ...zigEnvironment(directories),
    // Omits -g, which Go adds by default: most programs are stripped.
    ...{ CGO_CFLAGS: '-O2', CGO_CPPFLAGS: '', CGO_CXXFLAGS: '-O2' },
    ...Object.fromEntries(own),
    // The same mode as in the final link: Zig compiles the C library, a minute of work, separately for each mode. Go links a
    // probe with -fPIC, and the program without.
    CGO_LDFLAGS: `-O2 -s -static -fno-PIC ${stage.CGO_LDFLAGS ?? ''}`.trimEnd(),
    ...{
      CGO_ENABLED: '1',
      CC: call('cc'),
      CXX: call('c++'),
      AR: `${zig.command} ar`,
      PKG_CONFIG: noPkgConfig,
    },
    ...{ PRISM_SOURCE: directories.source, PRISM_CACHE: directories.cache, PRISM_GO: toolchain.root },
  };
}

/**
 * Flags for Go's linker: Zig links a static program and strips it, because debugging information of the C library
 * contains the path of Zig's directory.
 */
export const externalLink = ' -linkmode=external "-extldflags=-O2 -s -static -Wl,--build-id=none"';
