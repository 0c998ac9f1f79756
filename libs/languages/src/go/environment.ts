import { join } from 'node:path';
import type { CompileRequest, Target } from '../language';
import { findMain, isVendored } from './tree';

/** Variables that change compiled bytes. Those of the stage take effect. */
const ofProgram = ['GODEBUG', 'GOEXPERIMENT', 'GOFIPS140'];
const levels: Readonly<Record<string, readonly [variable: string, fallback: string]>> = {
  amd64: ['GOAMD64', 'v1'],
  arm64: ['GOARM64', 'v8.0'],
  arm: ['GOARM', '7'],
  386: ['GO386', 'sse2'],
  mips: ['GOMIPS', 'hardfloat'],
  mipsle: ['GOMIPS', 'hardfloat'],
  mips64: ['GOMIPS64', 'hardfloat'],
  mips64le: ['GOMIPS64', 'hardfloat'],
  ppc64: ['GOPPC64', 'power8'],
  ppc64le: ['GOPPC64', 'power8'],
  riscv64: ['GORISCV64', 'rva20u64'],
};

/**
 * Variables that determine where modules come from. Those of the stage take effect when fetching and override the
 * caller's.
 */
const ofSources = ['GOPROXY', 'GOSUMDB', 'GONOSUMDB', 'GOPRIVATE', 'GONOPROXY', 'GOINSECURE', 'GOVCS'];

type Environment = Readonly<Record<string, string>>;

const pick = (environment: Environment, names: readonly string[]): Record<string, string> =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => names.includes(name)));

/**
 * Variables that determine how a target is compiled: the stage's settings, and the lowest level of the architecture
 * as default.
 */
export function targetEnvironment(target: Target, stage: Environment): Record<string, string> {
  const [variable, fallback] = levels[target.architecture] ?? [];
  return {
    ...pick(stage, ofProgram),
    CGO_ENABLED: '0',
    GOOS: target.os,
    GOARCH: target.architecture,
    // Set even if equal to the default: a level in the user's own Go settings would change bytes.
    GOAMD64: 'v1',
    GOARM64: 'v8.0',
    ...(variable && { [variable]: stage[variable] || levelOf(target) || fallback! }),
  };
}

/** The level that a platform's variant stands for: linux/amd64/v3, linux/arm/v6. For arm64, v8 means every processor. */
export function levelOf({ architecture, variant }: Target): string | undefined {
  if (variant === undefined) return undefined;
  if (architecture === 'amd64') return variant;
  return architecture === 'arm' ? variant.slice(1) : undefined;
}

/** The variable that holds the level of an architecture. */
export const levelVariable = ({ architecture }: Target): string | undefined => levels[architecture]?.[0];

export function fixedEnvironment(request: CompileRequest): Record<string, string> {
  const { directories, toolchain } = request;
  return {
    PATH: `${join(toolchain.root, 'bin')}:/usr/bin:/bin`,
    HOME: directories.home,
    LANG: 'C',
    TZ: 'UTC',
    GOROOT: toolchain.root,
    GOTOOLCHAIN: 'local',
    // The go.work that COPY brought, never one above the tree on this machine.
    GOWORK: findMain(request, 'go.work') ?? 'off',
    GOTELEMETRY: 'off',
    GOCACHE: join(directories.cache, 'gobuild'),
    GOMODCACHE: join(directories.cache, 'gomod'),
  };
}

/** For compiling: without network, and without settings from the user's files. */
export function offlineEnvironment(request: CompileRequest): Record<string, string> {
  const mod = request.recognised.flags.mod ?? (isVendored(request) ? 'vendor' : 'readonly');
  return { GOFLAGS: `-mod=${mod}`, GOENV: 'off', GOPROXY: 'off' };
}

/** For fetching, which may use the network. */
export function fetchEnvironment(request: CompileRequest): Record<string, string> {
  const [target] = request.targets;
  const stage = target ? request.environment(target) : {};
  const gopath = join(request.directories.cache, 'gopath');
  return { ...pick(stage, ofSources), ...fixedEnvironment(request), GOFLAGS: '', GOPATH: gopath };
}

/**
 * Settings that change only the duration, never the result: compiler processes below a gigabyte end too soon for
 * garbage collection to pay off, and the targets share the cores. Measured: a sixth less time.
 */
export function pace({ cores, targets }: CompileRequest): Record<string, string> {
  return {
    GOGC: 'off',
    GOMEMLIMIT: '1GiB',
    GOMAXPROCS: String(Math.max(1, Math.floor(cores / targets.length))),
  };
}
