import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readTextIfThere } from '@prism-build/shell';
import type { VariantOptions } from './variants';

/** What project.json or package.json says of a component. */
export interface Declared {
  readonly name: string | undefined;
  readonly options: {
    readonly context?: string;
    readonly platforms?: readonly string[] | string;
    readonly buildArgs?: Readonly<Record<string, string>>;
    readonly stage?: string;
    readonly variants?: VariantOptions['declared'];
  };
  /** Targets `build-image-<name>` that leave the executor to us. */
  readonly variants: VariantOptions['targets'];
}

export function readDeclared(directory: string): Declared {
  const project = readJson(join(directory, 'project.json'));
  const manifest = readJson(join(directory, 'package.json'));
  const targets = { ...manifest?.nx?.targets, ...project?.targets };
  const variants = Object.entries(targets).flatMap(([name, target]) => {
    const [, variant] = /^build-image-(.+)$/.exec(name) ?? [];
    const ours = variant !== undefined && !target.executor && !target.command;
    return ours ? [[variant, target.options ?? {}] as const] : [];
  });
  return {
    name: project?.name ?? manifest?.nx?.name ?? manifest?.name,
    options: targets['build-image']?.options ?? {},
    variants: Object.fromEntries(variants),
  };
}

interface Manifest {
  readonly name?: string;
  readonly nx?: Manifest;
  readonly targets?: Record<string, { options?: Declared['options']; executor?: string; command?: string }>;
}

/** A file that is not JSON is Nx's to complain about. */
function readJson(path: string): Manifest | undefined {
  const text = readTextIfThere(path);
  try {
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

/** Whether Nx may cache an image with a rootfs; what is wrong with the file, building says. */
export function readRootfs(directory: string): { readonly cache: boolean } | undefined {
  if (!existsSync(join(directory, 'rootfs.json'))) return undefined;
  const rootfs = readJson(join(directory, 'rootfs.json')) as { cache?: unknown } | undefined;
  return { cache: rootfs?.cache !== false };
}
