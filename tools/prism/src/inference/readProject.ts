import { type IgnoreMatcher, ignoreNothing } from '@prism-build/containerfile';
import { containerfileFailure, type Failure, failed, ok, type Result } from '@prism-build/errors';
import type { Use } from '@prism-build/languages';
import { fileFailure } from '@prism-build/shell';
import { valuesOf, variablesOf } from '../workspace/buildArgs';
import { isLocal } from '../workspace/naming';
import { readIgnoreRules } from '../workspace/readContext';
import { listExecutables } from '../workspace/stage/executables';
import type { Files } from '../workspace/stage/files';
import { readStage, type StageReading } from '../workspace/stage/reading';
import { type Component, readComponent } from './component';
import { listOf, readDeclared, readRootfs, sharedOptions } from './declared';
import type { Identity } from './identity';
import { compileInputs, type Input, imageInputs, type KeyFacts } from './keys';
import { followSources } from './links';
import type { Place } from './places';
import type { PluginOptions } from './pluginOptions';
import { type RegistryImage, readRegistryImages } from './registryImages';
import { defaultVariantNames, findVariants } from './variants';

/**
 * All that the files of a component say of it, whatever else there is in the workspace: plain data, which is kept
 * between commands.
 */
export interface ProjectReads {
  /** The name that project.json or package.json gives. */
  readonly declared?: string | undefined;
  readonly context: string;
  /** What the project says of its image, and its compile stage and its variants must know too: platforms, build arguments. */
  readonly shared: Readonly<Record<string, unknown>>;
  /** What rootfs.json says of the cache; absent: the component has none. */
  readonly rootfs?: { readonly cache: boolean } | undefined;
  readonly compile?: CompileKey | undefined;
  /** The images that come out of the Containerfile, the default one first. */
  readonly images: readonly ImageReads[];
  /** From a file to a directory that its compiler reads. */
  readonly compiled: readonly Use[];
  readonly registry: readonly RegistryImage[];
}

export interface CompileKey {
  readonly language: string;
  /** The builder image, whose pin decides bytes. */
  readonly builder: string;
  /** Without the plugin's own, which all have. */
  readonly inputs: readonly Input[];
  /** Why the key is all that COPY takes, where it is. */
  readonly wide?: string | undefined;
}

export interface ImageReads {
  readonly variant?: string;
  readonly stage?: string;
  /** The images that it names. */
  readonly references: readonly string[];
  /** Without the plugin's own, which all have, and without those of its bases. */
  readonly inputs: readonly Input[];
  /** Whether something of the compile stage is in it. */
  readonly compiled: boolean;
  /** Files that their owner may execute. */
  readonly executable: readonly string[];
}

export interface ReadProject {
  readonly reads: ProjectReads;
  /** What is wrong with it, for people; it is a project all the same. */
  readonly warnings: readonly Failure[];
}

const defaultPlatforms = ['linux/amd64', 'linux/arm64'];

export function readProject(
  place: Place,
  options: PluginOptions | undefined,
  identity: Identity,
  files: Files,
): ReadProject {
  const { file, directory, root } = place;
  const text = orFailure(file, () => ok(files.text(file) ?? ''));
  const declared = readDeclared(files.text, root);
  const rootfs = readRootfs(files.text, directory);
  const buildArgs = declared.options.buildArgs ?? {};
  const request = { buildArgs: valuesOf(buildArgs), contexts: rootfs ? ['rootfs'] : [] };
  const platforms = listOf(declared.options.platforms) ?? options?.platforms ?? defaultPlatforms;
  const readTarget = (target: string | undefined) =>
    text.ok ? readComponent(text.value, file, { ...request, platforms, target }) : text;
  const variants = findVariants(text.ok ? text.value : '', file, {
    ...request,
    names: options?.variants ?? defaultVariantNames,
    declared: declared.options.variants,
    targets: declared.variants,
    target: declared.options.stage,
  });
  const component = readTarget(declared.options.stage);
  const images = [
    { component, variant: {} },
    ...(variants.ok ? variants.value : []).map(({ name, stage }) => ({
      component: readTarget(stage),
      variant: { variant: name, stage },
    })),
  ];
  const readable = images.flatMap((one) => (one.component.ok ? [one.component.value] : []));
  const context = declared.options.context ?? options?.context ?? directory;
  const rules = readIgnoreRules(files.text, file, context);
  const reading = readCompiled(readable, context, rules, files);
  const facts: KeyFacts = {
    containerfile: file,
    context,
    rules: rules.ok ? rules.value : ignoreNothing,
    identity,
    variables: variablesOf(buildArgs),
    reading,
  };
  const readImage = (image: Result<Component>) => {
    const followed = image.ok ? followLinks(context, image.value, files) : undefined;
    return {
      references: followed ? followed.bases.map(({ reference }) => reference) : [],
      inputs: imageInputs(facts, followed, place, rootfs !== undefined),
      compiled: followed?.compile !== undefined,
      executable:
        followed && rules.ok ? (listExecutables(context, followed.modes, rules.value, files) ?? []) : [],
    };
  };
  const readings = images.map((one) => ({ ...one.variant, ...readImage(one.component) }));
  const references = [...new Set(readings.flatMap((one) => one.references))];
  const foreign = references.filter((reference) => !isLocal(reference));
  const reads: ProjectReads = {
    declared: declared.name,
    context,
    shared: sharedOptions(declared.options),
    rootfs,
    compile: readCompileKey(facts, readable, place, files, rootfs !== undefined),
    images: readings,
    compiled: reading?.closure?.edges ?? [],
    registry: readRegistryImages(files.text, file, foreign),
  };
  const narrow = context !== '.' || !rules.ok || rules.value.patterns.length > 0;
  const warnings = [
    ...(variants.ok ? [] : variants.failures),
    ...[component, rules].flatMap((one) => (one.ok ? [] : one.failures)),
    ...(narrow ? [] : listWhole(file, component, reading)),
  ];
  return { reads, warnings };
}

/** What cannot be read is the matter of one project: an exception here would end every command of nx. */
function orFailure<T>(what: string, read: () => Result<T>): Result<T> {
  try {
    return read();
  } catch (error) {
    return failed(fileFailure(error, `cannot read ${what}`));
  }
}

/** What the compile stage reads, which the image and its variants share. */
function readCompiled(
  components: readonly Component[],
  context: string,
  rules: Result<IgnoreMatcher>,
  files: Files,
): StageReading | undefined {
  const one = components.find(({ compile }) => compile);
  if (!one?.stage || !rules.ok) return undefined;
  return readStage({ ...one.stage, context }, one.platforms, rules.value, files);
}

function readCompileKey(
  facts: KeyFacts,
  components: readonly Component[],
  place: Place,
  files: Files,
  rootfs: boolean,
): CompileKey | undefined {
  const compile = components.find((one) => one.compile)?.compile;
  if (!compile) return undefined;
  const { language, builder, sources } = compile;
  const { reading, context } = facts;
  const followed = { ...compile, sources: followSources(context, sources, files) };
  const inputs = compileInputs(facts, followed, place, rootfs);
  return { language, builder, inputs, wide: reading?.closure ? undefined : reading?.why };
}

function followLinks(context: string, component: Component, files: Files): Component {
  const { image, modes } = component;
  const followed = followSources(context, image, files);
  return {
    ...component,
    image: followed,
    modes: modes === image ? followed : followSources(context, modes, files),
  };
}

/** A key of the whole workspace misses with every change, also of what builds write: nobody wants it unawares. */
function listWhole(file: string, component: Result<Component>, reading: StageReading | undefined): Failure[] {
  if (!component.ok) return [];
  const { image, compile } = component.value.whole;
  return [...image, ...(reading?.closure ? [] : compile)].map((line) =>
    containerfileFailure('CONTEXT_NOT_NARROWED', {
      what: 'this takes the whole workspace, so that any change builds it again',
      why: reading && !reading.closure ? reading.why : undefined,
      at: { file, line },
    }),
  );
}
