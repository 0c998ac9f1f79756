// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${SRCDIR} is a variable of cgo.
import { compileFailure, type Failure } from '@prism-build/errors';
import { readArguments } from '../c/arguments';
import { below, upwards } from '../closure';
import type { CheckedSources, CheckRequest, Target } from '../language';
import { cgoFlags, usesCgo } from './cgoEnvironment';
import { levelOf, levelVariable } from './environment';
import { splitQuoted } from './flags';

const ofCgo = /^(CGO_\w*FLAGS\w*|CC|CXX|FC|AR|PKG_CONFIG|GCCGO)$/;
const compilers = /^(CC|CXX|FC|AR|PKG_CONFIG|GCCGO|CGO_FFLAGS\w*)$/;
/** Flags of GOFLAGS that equal the default or do not change the program. */
const harmlessFlags = /^-?-(trimpath(=true)?|buildvcs=false|mod=readonly|modcacherw|v|x|p=\d+)$/;

/** ENV and ARG of the stage that the compiler would not get. */
export function refuseVariables(request: CheckRequest, sources: CheckedSources): Failure[] {
  return request.targets.flatMap((target) =>
    Object.entries(request.environment(target)).flatMap(([name, value]) => {
      const refused = value === '' ? undefined : refuseVariable(name, value, target, request, sources);
      if (!refused) return [];
      const [why, remedy] = refused;
      const at = request.setAt?.(name) ?? request.at;
      const what = `${name}=${value} of the compile stage would not take effect: ${why}`;
      return [compileFailure('SETTING_NOT_HONOURED', { what, at, ...(remedy && { remedy }) })];
    }),
  );
}

/** Refuses variables of cgo that would not take effect. */
function refuseOfCgo(name: string, value: string, cgo: boolean): Refusal | undefined {
  if (!cgo)
    return [
      'it configures cgo, which is off',
      'Write `ENV CGO_ENABLED=1` into the compile stage, or remove it.',
    ];
  if (compilers.test(name)) return ['the builder pins the C compiler', 'Remove it.'];
  if (!cgoFlags.includes(name)) return undefined;
  const words = splitQuoted(value);
  if (words === undefined) return ['a quotation mark is not closed'];
  const refused = readArguments(words, '').find(({ kind, path }) => kind !== 'flag' || path !== undefined);
  if (refused === undefined) return undefined;
  if (refused.path === undefined) return [`${refused.written}: ${refused.why}`];
  const remedy = 'Write the path beside `import "C"`: #cgo CFLAGS: -I${SRCDIR}/include.';
  return [`${refused.written} names a path`, remedy];
}

type Refusal = readonly [why: string, remedy?: string];

function refuseVariable(
  name: string,
  value: string,
  target: Target,
  { environment, pin, working, targets }: CheckRequest,
  { list }: CheckedSources,
): Refusal | undefined {
  const cgoIsOff = environment(target).CGO_ENABLED === '0';
  if (ofCgo.test(name) && !cgoIsOff) return refuseOfCgo(name, value, usesCgo(environment(target)));
  if (ofCgo.test(name)) return undefined;
  const platforms = `the image is built for ${targets.map((one) => `${one.os}/${one.architecture}`).join(', ')}`;
  const level = levelOf(target);
  if (name === levelVariable(target) && level !== undefined && value !== level)
    return [`the platform requires ${level}`];
  switch (name) {
    case 'CGO_ENABLED':
      return value === '0' || value === '1' ? undefined : ['it is 0 or 1'];
    case 'GOOS':
      return value === target.os ? undefined : [platforms];
    case 'GOARCH':
      return value === target.architecture
        ? undefined
        : [platforms, 'Remove it, or write `ARG TARGETARCH` and `ENV GOARCH=$TARGETARCH`.'];
    case 'GOFLAGS': {
      const flags = value.split(/\s+/).filter((flag) => flag !== '' && !harmlessFlags.test(flag));
      const remedy = 'Write the flags into the RUN line: ["compile-go", "-tags=…", "./cmd/x"].';
      return flags.length === 0 ? undefined : [`compile-go takes flags only from its arguments`, remedy];
    }
    case 'GOTOOLCHAIN':
      return [
        'local',
        'auto',
        'path',
        `go${pin.version}`,
        `go${pin.version}+auto`,
        `go${pin.version}+path`,
      ].includes(value)
        ? undefined
        : [
            `the stage is pinned to ${pin.version}`,
            'Remove it, and pin that version: FROM golang:<version>.',
          ];
    case 'GOWORK': {
      const work = upwards(working).find((at) => list(at).some((entry) => entry.name === 'go.work'));
      const counts = work === undefined ? 'off' : `/${below(work, 'go.work')}`;
      return value === counts ? undefined : [`what COPY takes counts, which is ${counts}`];
    }
    case 'GOROOT':
      return value === '/usr/local/go' ? undefined : ['the pinned toolchain is used'];
    case 'GO111MODULE':
      return value === 'off' ? ['programs are compiled in module mode'] : undefined;
    case 'GOENV':
      return value === 'off' ? undefined : ['no configuration file is read', 'Write its settings as ENV.'];
    case 'GO_EXTLINK_ENABLED':
      if (usesCgo(environment(target))) return value === '1' ? undefined : ['C needs the external linker'];
      return value === '0' ? undefined : ['another linker needs cgo, which is off'];
    case 'GOAUTH':
    case 'GOCACHEPROG':
      return [
        'programs named in a Containerfile are never started on this machine',
        'Remove it; set it where nx runs.',
      ];
    default:
      return undefined;
  }
}
