import { posix } from 'node:path';
import type { BuildArgs, ReadText } from '@prism-build/workspace';
import type { VariantOptions } from './variants';

/** The declarations of a component in project.json or package.json. */
export interface Declared {
  readonly name: string | undefined;
  readonly options: {
    readonly context?: string;
    readonly platforms?: readonly string[] | string;
    readonly buildArgs?: BuildArgs;
    readonly stage?: string;
    readonly variants?: VariantOptions['declared'];
    readonly from?: Readonly<Record<string, string>>;
  };
  /** The option alsoReads of compile. */
  readonly alsoReads: readonly string[];
  /** Targets `build-image-<name>` without an executor. */
  readonly variants: VariantOptions['targets'];
}

export function readDeclared(read: ReadText, directory: string): Declared {
  const project = readJson(read, posix.join(directory, 'project.json'));
  const manifest = readJson(read, posix.join(directory, 'package.json'));
  const targets = { ...manifest?.nx?.targets, ...project?.targets };
  const variants = Object.entries(targets).flatMap(([name, target]) => {
    const [, variant] = /^build-image-(.+)$/.exec(name) ?? [];
    const ours = variant !== undefined && !target?.executor && !target?.command;
    return ours ? [[variant, usable(target?.options)] as const] : [];
  });
  return {
    name: project?.name ?? manifest?.nx?.name ?? manifest?.name,
    options: usable(targets['build-image']?.options),
    alsoReads: textsOf(targets.compile?.options?.alsoReads),
    variants: Object.fromEntries(variants),
  };
}

const isText = (value: unknown): value is string => typeof value === 'string';
const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every(isText);
const textsOf = (value: unknown): readonly string[] => (isTexts(value) ? (value as string[]) : []);
const isTable = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isUsable: { readonly [Name in keyof Declared['options']]-?: (value: unknown) => boolean } = {
  context: isText,
  platforms: (value) => isText(value) || isTexts(value),
  buildArgs: isTable,
  stage: isText,
  from: (value) => isTable(value) && Object.values(value).every(isText),
  variants: (value) =>
    typeof value === 'boolean' || isTexts(value) || (isTable(value) && Object.values(value).every(isText)),
};

/** Options of the right type. The build refuses others, which then affects only this project. */
function usable(options: Target['options']): Declared['options'] {
  if (!options) return {};
  const good = Object.entries(isUsable).filter(([name, is]) => is(options[name as keyof typeof isUsable]));
  return Object.fromEntries(good.map(([name]) => [name, options[name as keyof typeof isUsable]]));
}

interface Manifest {
  readonly name?: string;
  readonly nx?: Manifest;
  readonly targets?: Record<string, Target | null>;
}

interface Target {
  readonly options?:
    | ({ readonly [Name in keyof Declared['options']]?: unknown } & { readonly alsoReads?: unknown })
    | null;
  readonly executor?: string;
  readonly command?: string;
}

/** Nx reports files that are not JSON. */
function readJson(read: ReadText, path: string): Manifest | undefined {
  try {
    const text = read(path);
    return text === undefined ? undefined : (JSON.parse(text) as Manifest);
  } catch {
    return undefined;
  }
}

export function listOf(platforms: readonly string[] | string | undefined): readonly string[] | undefined {
  return typeof platforms === 'string' ? platforms.split(',') : platforms;
}

/** All steps of a build must agree on these, wherever they are declared. */
export function sharedOptions({ platforms, buildArgs }: Declared['options']): Record<string, unknown> {
  return { ...(platforms && { platforms }), ...(buildArgs && { buildArgs }) };
}

/** Whether Nx may cache an image with a rootfs. The build reports errors of the file. */
export function readRootfs(read: ReadText, directory: string): { readonly cache: boolean } | undefined {
  let text: string | undefined;
  const rootfs = readJson((path) => (text = read(path)), posix.join(directory, 'rootfs.json')) as
    | { cache?: unknown }
    | undefined;
  return text === undefined ? undefined : { cache: rootfs?.cache !== false };
}
