import { type Failure, failed, ok, type Result } from '@prism-build/errors';
import { fileFailure } from '@prism-build/shell';
import { valuesOf } from '../workspace/buildArgs';
import type { Files, Witness } from '../workspace/stage/files';
import type { Named } from './bases';
import { type Component, readComponent } from './component';
import { type Declared, listOf, readDeclared, readRootfs } from './declared';
import type { Place } from './places';
import type { PluginOptions } from './pluginOptions';
import { defaultVariantNames, findVariants, type Variant } from './variants';

/** What the names and the bases of all components follow from. */
export interface ProjectNames {
  /** The name that project.json or package.json gives. */
  readonly declared: string | undefined;
  /** The images that come out of a Containerfile, the default one first, each with the images that it names. */
  readonly images: readonly NamedImage[];
}

export interface NamedImage extends Pick<Named, 'references'> {
  readonly variant?: string;
}

/** A component by itself, before it is known what its images' names stand for. */
export interface ReadProject extends Place, ProjectNames {
  readonly options: Declared['options'];
  readonly component: Result<Component>;
  readonly rootfs: ReturnType<typeof readRootfs>;
  readonly variants: readonly ReadVariant[];
  readonly failures: readonly Failure[];
  readonly witness: Witness | undefined;
}

export interface ReadVariant extends Variant {
  readonly component: Result<Component>;
}

const defaultPlatforms = ['linux/amd64', 'linux/arm64'];

export function readProject(place: Place, options: PluginOptions | undefined, files: Files): ReadProject {
  const { value, witness } = files.watch(() => read(place, options, files));
  return { witness, ...value };
}

function read(place: Place, options: PluginOptions | undefined, files: Files): Omit<ReadProject, 'witness'> {
  const { file } = place;
  const text = orFailure(file, () => ok(files.text(file) ?? ''));
  const declared = readDeclared(files.text, place.root);
  const rootfs = readRootfs(files.text, place.directory);
  const buildArgs = valuesOf(declared.options.buildArgs ?? {});
  const platforms = listOf(declared.options.platforms) ?? options?.platforms ?? defaultPlatforms;
  const contexts = rootfs ? ['rootfs'] : [];
  const target = declared.options.stage;
  const readStage = (stage: string | undefined) =>
    text.ok ? readComponent(text.value, file, { platforms, buildArgs, target: stage, contexts }) : text;
  const found = findVariants(text.ok ? text.value : '', file, {
    names: options?.variants ?? defaultVariantNames,
    declared: declared.options.variants,
    targets: declared.variants,
    buildArgs,
    target,
    contexts,
  });
  const component = readStage(target);
  const variants = found.ok ? found.value.map((one) => ({ component: readStage(one.stage), ...one })) : [];
  return {
    declared: declared.name,
    images: [
      { references: referencesOf(component) },
      ...variants.map((one) => ({ variant: one.name, references: referencesOf(one.component) })),
    ],
    options: declared.options,
    rootfs,
    component,
    variants,
    failures: found.ok ? [] : found.failures,
    ...place,
  };
}

function referencesOf(component: Result<Component>): string[] {
  return component.ok ? component.value.bases.map(({ reference }) => reference) : [];
}

/** What cannot be read is the matter of one project: an exception here would end every command of nx. */
function orFailure<T>(what: string, read: () => Result<T>): Result<T> {
  try {
    return read();
  } catch (error) {
    return failed(fileFailure(error, `cannot read ${what}`));
  }
}
