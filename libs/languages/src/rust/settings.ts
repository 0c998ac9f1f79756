import type { Target } from '../language';
import { listOf, type Table, tableOf, textOf } from '../toml';
import { absentTools } from './cEnvironment';
import { matchesCfg } from './cfg';
import { mergeFlags, splitFlags } from './configuration';
import { cfgOf, crossCompilerOf, crossToolOf, tripleOf, upperTriple } from './targets';

/** A setting that would not take effect, and why. */
export interface Refused {
  /** Its key in a configuration file, or the name of a variable. */
  readonly key: readonly string[];
  readonly why: string;
}

const linkerIsPinned = 'the builder pins the linker and the C compiler';
const compilerIsPinned = 'the builder pins the compiler';
const targetsAreFixed = 'a stage compiles for the platforms of its image, with glibc';
const needsNightly = 'only a nightly cargo accepts it';

/** Settings of a cargo configuration file that would not take effect. Cargo itself reads all others. */
export function refuseConfiguration(table: Table, targets: readonly Target[]): Refused[] {
  const build = tableOf(table.build);
  const is = (key: string[], why: string, so: boolean): Refused[] => (so ? [{ key, why }] : []);
  const wanted = [...listOf(build.target), build.target].flatMap((one) => textOf(one) ?? []);
  const replaced = Object.entries(tableOf(table.source)).filter(
    ([, one]) => tableOf(one)['local-registry'] !== undefined,
  );
  return [
    ...is(['include'], 'included files are not read', table.include !== undefined),
    ...is(['paths'], 'it is not read; use [patch]', listOf(table.paths).length > 0),
    ...is(['unstable'], needsNightly, Object.keys(tableOf(table.unstable)).length > 0),
    ...is(['host'], needsNightly, table.host !== undefined),
    ...is(
      ['build', 'target'],
      targetsAreFixed,
      wanted.some((one) => !isOurs(one, targets)),
    ),
    ...is(['build', 'rustc'], compilerIsPinned, !isCompiler(textOf(build.rustc))),
    ...['rustc-wrapper', 'rustc-workspace-wrapper'].flatMap((name) =>
      is(['build', name], compilerIsPinned, (textOf(build[name]) ?? '') !== ''),
    ),
    ...refuseFlags(mergeFlags([build.rustflags])).map((why) => ({ key: ['build', 'rustflags'], why })),
    ...Object.entries(tableOf(table.target)).flatMap(([key, one]) =>
      refuseTarget(key, tableOf(one), targets),
    ),
    ...Object.keys(tableOf(table.env)).flatMap((name) =>
      is(['env', name], 'this variable is fixed', isFixed(name, targets)),
    ),
    ...replaced.map(([name]) => ({
      key: ['source', name, 'local-registry'],
      why: 'only a directory may replace a source (`cargo vendor` makes one)',
    })),
  ];
}

function refuseTarget(key: string, table: Table, targets: readonly Target[]): Refused[] {
  const matching = targets.filter((target) => tripleOf(target) === key || matchesCfg(key, cfgOf(target)));
  const unknown = key.startsWith('cfg(') && targets.some((one) => matchesCfg(key, cfgOf(one)) === undefined);
  const flags = mergeFlags([table.rustflags]);
  const why = 'only a compile can evaluate this cfg';
  const isForeign = (target: Target) => !isLinker(textOf(table.linker), target);
  return [
    ...(unknown && (flags.length > 0 || table.linker !== undefined) ? [{ key: ['target', key], why }] : []),
    ...(matching.some(isForeign) ? [{ key: ['target', key, 'linker'], why: linkerIsPinned }] : []),
    ...(matching.length > 0 ? refuseFlags(flags) : []).map((one) => ({
      key: ['target', key, 'rustflags'],
      why: one,
    })),
  ];
}

/** Variables of a stage that would not take effect. */
export function refuseEnvironment(
  environment: Readonly<Record<string, string>>,
  targets: readonly Target[],
): Refused[] {
  return Object.entries(environment).flatMap(([name, value]) =>
    refuseVariable(name, value, targets).map((why) => ({ key: [name], why })),
  );
}

function refuseVariable(name: string, value: string, targets: readonly Target[]): string[] {
  if (name === 'RUSTFLAGS' || /^CARGO_(BUILD|TARGET_\w+)_RUSTFLAGS$/.test(name))
    return refuseFlags(splitFlags(value));
  if (name === 'CARGO_ENCODED_RUSTFLAGS') return refuseFlags(value.split('\x1f'));
  if (/^(CARGO_BUILD_)?RUSTC_(WORKSPACE_)?WRAPPER$/.test(name)) return value === '' ? [] : [compilerIsPinned];
  if (name === 'RUSTC' || name === 'CARGO_BUILD_RUSTC') return isCompiler(value) ? [] : [compilerIsPinned];
  if (name === 'CARGO_BUILD_TARGET') return isOurs(value, targets) ? [] : [targetsAreFixed];
  if (/^(CARGO_UNSTABLE_|__CARGO)/.test(name)) return [needsNightly];
  if (name === 'HOME') return ['every compile has its own empty home'];
  const foreign = (is: (target: Target) => boolean) =>
    targets.some((target) => is(target) && !isLinker(value, target)) ? [linkerIsPinned] : [];
  if (/^CARGO_TARGET_\w+_LINKER$/.test(name))
    return foreign((target) => name === `CARGO_TARGET_${upperTriple(target)}_LINKER`);
  return refuseTool(name, value, targets);
}

/** A variable of the crates `cc`, `cmake` and `pkg-config`. The variables that Prism sets override it. */
function refuseTool(name: string, value: string, targets: readonly Target[]): string[] {
  const [, tool] = /^(?:TARGET_|HOST_)?(CC|CXX|AR|CMAKE|PKG_CONFIG)(?=$|_)/.exec(name) ?? [];
  const of = (target: Target) => `_${tripleOf(target)}`.replaceAll('-', '_');
  const suffix = name
    .replace(/^(?:TARGET_|HOST_)/, '')
    .slice(tool?.length)
    .replaceAll('-', '_');
  const meant = targets.filter((target) => suffix === '' || suffix === of(target));
  if (tool === undefined || meant.length === 0) return [];
  const pinned = { CC: 'gcc', AR: 'ar' }[tool];
  if (pinned === undefined) return [`the builder has no ${absentTools[tool]}`];
  return meant.some((target) => value !== crossToolOf(target, pinned)) ? [linkerIsPinned] : [];
}

/** Why flags for rustc cannot take effect: they set something that is pinned, or something that differs by machine. */
function refuseFlags(flags: readonly string[]): string[] {
  const options = flags.flatMap((flag, index) => {
    const [, inline] = /^(?:-C|--codegen=)(.+)$/.exec(flag) ?? [];
    return inline ?? (flag === '-C' || flag === '--codegen' ? (flags[index + 1] ?? []) : []);
  });
  const has = (pattern: RegExp) => options.some((one) => pattern.test(one));
  return [
    ...(has(/^linker=/) ? [linkerIsPinned] : []),
    ...(has(/^link-args?=.*-fuse-ld=(?!bfd\b)/) ? [linkerIsPinned] : []),
    ...(has(/^target-cpu=native$/) ? ['native is a different processor on each machine'] : []),
    ...(has(/^target-feature=(.*,)?-crt-static/) ? ['programs are linked statically'] : []),
    ...(flags.some((flag) => flag.startsWith('-Z')) ? ['only a nightly rustc accepts -Z'] : []),
  ];
}

const isOurs = (triple: string, targets: readonly Target[]) =>
  targets.some((one) => tripleOf(one) === triple);
const isCompiler = (path: string | undefined) =>
  path === undefined || path === 'rustc' || path === '/usr/bin/rustc';
const isLinker = (name: string | undefined, target: Target) =>
  name === undefined || name === crossCompilerOf(target);

/** Variables of a compile that a configuration file cannot change. */
function isFixed(name: string, targets: readonly Target[]): boolean {
  // Prism sets CFLAGS_<target>, with what ENV CFLAGS of the stage says.
  const isFlags = /^(TARGET_|HOST_)?CFLAGS($|_)/.test(name);
  const isOwn = isFlags || ['PATH', 'HOME'].includes(name) || name.startsWith('CARGO');
  return isOwn || refuseTool(name, '', targets).length > 0;
}
