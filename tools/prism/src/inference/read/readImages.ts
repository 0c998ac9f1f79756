import { type Containerfile, parseContainerfile } from '@prism-build/containerfile';
import { type Failure, failed, ok, type Result } from '@prism-build/errors';
import { chooseReads, type ResolvedFile, resolveFile } from '@prism-build/plan';
import { fileFailure } from '@prism-build/shell';
import { buildPlatform, type Files, platformOf, valuesOf } from '@prism-build/workspace';
import type { ComponentPlace } from '../places';
import type { PluginOptions } from '../pluginOptions';
import { type Component, toComponent } from './component';
import { type Declared, listOf, readDeclared, readRootfs } from './declared';
import { defaultVariantNames, findVariants } from './variants';

/** A Containerfile with its options in project.json. No other file of its context has been read. */
export interface ReadImages {
  readonly declared: Declared['options'] & Pick<Declared, 'name' | 'alsoReads'>;
  readonly rootfs: ReturnType<typeof readRootfs>;
  /** The default image first. */
  readonly images: readonly ReadImage[];
  /** Failures of the variants. */
  readonly failures: readonly Failure[];
  /** Undefined: the file cannot be read. */
  readonly containerfile: Containerfile | undefined;
}

interface ReadImage {
  readonly variant?: string;
  readonly stage?: string;
  readonly component: Result<Component>;
}

const defaultPlatforms = ['linux/amd64', 'linux/arm64'];

export function readImages(
  place: ComponentPlace,
  options: PluginOptions | undefined,
  files: Files,
): ReadImages {
  const { file, directory, root } = place;
  const { name, alsoReads, options: declared, variants: targets } = readDeclared(files.text, root);
  const rootfs = readRootfs(files.text, directory);
  const names = listOf(declared.platforms) ?? options?.platforms ?? defaultPlatforms;
  const resolved = orFailure(file, (): Result<ResolvedFile> => {
    const containerfile = parseContainerfile(files.text(file) ?? '', file);
    if (!containerfile.ok) return containerfile;
    return ok(
      resolveFile({
        containerfile: containerfile.value,
        platforms: names.map(platformOf),
        buildPlatform,
        buildArgs: valuesOf(declared.buildArgs ?? {}),
        contexts: rootfs ? ['rootfs'] : [],
      }),
    );
  });
  const readComponent = (target: string | undefined) =>
    resolved.ok ? toComponent(chooseReads(resolved.value, target)) : resolved;
  const found = findVariants(resolved.ok ? resolved.value : undefined, file, {
    names: options?.variants ?? defaultVariantNames,
    declared: declared.variants,
    targets,
    target: declared.stage,
  });
  const variants = (found.ok ? found.value : []).map((one) => ({
    variant: one.name,
    stage: one.stage,
    component: readComponent(one.stage),
  }));
  return {
    declared: { name, alsoReads, ...declared },
    rootfs,
    images: [{ component: readComponent(declared.stage) }, ...variants],
    failures: found.ok ? [] : found.failures,
    containerfile: resolved.ok ? resolved.value.containerfile : undefined,
  };
}

/** Turns read errors into failures of this project; an exception would abort every nx command. */
function orFailure<T>(what: string, read: () => Result<T>): Result<T> {
  try {
    return read();
  } catch (error) {
    return failed(fileFailure(error, `cannot read ${what}`));
  }
}
