import { formatPlatform, type Platform } from './platform';

export type Variables = ReadonlyMap<string, string>;

/** Both engines set it where a base does not, scratch included. */
export const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Build arguments that need no ARG; they never reach the image. */
const PROXIES = ['HTTP_PROXY', 'HTTPS_PROXY', 'FTP_PROXY', 'NO_PROXY', 'ALL_PROXY'];
export const isProxy = (name: string): boolean =>
  PROXIES.includes(name.toUpperCase()) && (name === name.toUpperCase() || name === name.toLowerCase());

/** Cached by both platforms: there are few pairs, and every nx command resolves each Containerfile. */
const platformArguments = new Map<string, Variables>();

/** The platform arguments: known in every FROM, and in a stage that declares them by ARG. */
export function listPlatformArguments(target: Platform, build: Platform): Variables {
  const key = `${formatPlatform(target)} ${formatPlatform(build)}`;
  const known = platformArguments.get(key) ?? makePlatformArguments(target, build);
  platformArguments.set(key, known);
  return known;
}

function makePlatformArguments(target: Platform, build: Platform): Variables {
  const list = (prefix: string, platform: Platform): [string, string][] => [
    [`${prefix}PLATFORM`, formatPlatform(platform)],
    [`${prefix}OS`, platform.os],
    [`${prefix}ARCH`, platform.architecture],
    [`${prefix}VARIANT`, platform.variant ?? ''],
  ];
  return new Map([...list('TARGET', target), ...list('BUILD', build)]);
}

/** Values that all stages share. */
export interface GlobalScope {
  /** Variables of FROM: the platform arguments and the ARG instructions above the first FROM. */
  readonly visible: Variables;
  /** Only the ARG instructions above the first FROM: an ARG without a default inherits these. */
  readonly declared: Variables;
  readonly platform: Variables;
  readonly buildArgs: Variables;
}

/** The state of a stage while its instructions are resolved. Values are replaced, never changed in place. */
export interface StageScope {
  readonly args: Variables;
  readonly env: Variables;
  /** Variables of an instruction: ENV takes precedence over ARG, in any order. */
  readonly visible: Variables;
}

export function makeScope(args: Variables, env: Variables): StageScope {
  return { args, env, visible: args.size === 0 ? env : new Map([...args, ...env]) };
}

/**
 * The value of an ARG: the build argument, else the platform's value, else the default, else (without a default) the
 * value above the first FROM. Podman's order: a default does not override the platform's value, except that of
 * TARGETPLATFORM, in both engines.
 */
export function chooseValue(
  name: string,
  fallback: string | undefined,
  scope: Omit<GlobalScope, 'visible'>,
): string | undefined {
  const own = name === 'TARGETPLATFORM' ? fallback : undefined;
  return scope.buildArgs.get(name) ?? own ?? scope.platform.get(name) ?? fallback ?? scope.declared.get(name);
}

export const toMap = (record: Readonly<Record<string, string>>): Map<string, string> =>
  new Map(Object.entries(record));
export const toRecord = (map: Variables): Record<string, string> => Object.fromEntries(map);
