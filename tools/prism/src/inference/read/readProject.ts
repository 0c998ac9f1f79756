import { type Containerfile, type IgnoreMatcher, ignoreNothing } from '@prism-build/containerfile';
import { containerfileFailure, type Failure, type Result } from '@prism-build/errors';
import { imagesLockPath } from '@prism-build/registry';
import {
  type Files,
  type IsIgnored,
  isLocal,
  openGitIgnore,
  readIgnoreRules,
  readStage,
  type StageReading,
  variablesOf,
} from '@prism-build/workspace';
import { findContext } from '../contexts/findContext';
import { type ContextFacts, openPresence } from '../contexts/presence';
import { type Applied, listUnapplied } from '../contexts/unapplied';
import type { Identity } from '../identity';
import type { ComponentPlace } from '../places';
import type { PluginOptions } from '../pluginOptions';
import type { Component } from './component';
import { sharedOptions } from './declared';
import { compileInputs, type Input, imageInputs, type KeyFacts, pinsOf } from './keys';
import { followComponent } from './links';
import { nameInputs } from './namedInputs';
import { type ReadImages, readImages } from './readImages';
import type { CompileKey, ImageReads, ProjectReads } from './reads';
import { readRegistryImages } from './registryImages';
import { listTaken, listWanted } from './takes';
import { readCompileUnhashed, readDefinition, readImageUnhashed } from './unhashed';

export interface ReadProject {
  readonly reads: ProjectReads;
  /** Warnings for the user; it is a project nevertheless. */
  readonly warnings: readonly Failure[];
}

export function readProject(
  place: ComponentPlace,
  options: PluginOptions | undefined,
  identity: Identity,
  files: Files,
  workspace: ContextFacts,
): ReadProject {
  const { file, directory } = place;
  const { declared, rootfs, images, failures, containerfile } = readImages(place, options, files);
  const unfollowed = images.flatMap((one) => (one.component.ok ? [one.component.value] : []));
  const isIgnored = openGitIgnore(files.text);
  const stated = workspace.stated.get(file) ?? [];
  const { presence, asked } = openPresence(directory, files, isIgnored, workspace.madeBy);
  const { context, ...found } = findContext(
    {
      file,
      directory,
      declared: declared.context ?? options?.context,
      stated,
      wanted: listWanted(unfollowed),
    },
    presence,
  );
  const followed = images.map(({ component }) =>
    component.ok ? followComponent(context, component.value, files) : undefined,
  );
  const components = followed.flatMap((one) => (one ? [one] : []));
  const rules = readIgnoreRules(files.text, file, context);
  const reading = readCompiled(components, context, rules, files, declared.alsoReads);
  const facts: KeyFacts = {
    containerfile: file,
    context,
    rules: rules.ok ? rules.value : ignoreNothing,
    identity,
    variables: variablesOf(declared.buildArgs ?? {}),
    reading,
    rootfs: rootfs !== undefined,
  };
  const compiledBy = components.find(({ compile }) => compile);
  const keys = [
    ...followed.map((component) => imageInputs(facts, component, place)),
    ...(compiledBy?.compile ? [compileInputs(facts, compiledBy.compile, place)] : []),
  ];
  const { named, inputs } = nameInputs(keys);
  const readings = images.map(({ component: _, ...variant }, index): ImageReads => {
    const component = followed[index];
    const locked = component?.bases.some(({ reference }) => !isLocal(reference)) ?? false;
    return {
      ...variant,
      references: component ? [...new Set(component.bases.map(({ reference }) => reference))] : [],
      inputs: inputs[index]!,
      compiled: component?.compile !== undefined,
      takes: {
        taken: listTaken(context, component?.taken.image ?? [], files, isIgnored),
        onlyFiles: component?.taken.runs === false,
      },
      definition: readDefinition(facts, locked ? [imagesLockPath(file)] : [], files),
      unhashed: readImageUnhashed({ ...facts, rules }, component, files),
    };
  });
  const foreign = new Set(
    readings.flatMap((one) => one.references.filter((reference) => !isLocal(reference))),
  );
  const reads: ProjectReads = {
    declared: declared.name,
    context,
    contextReason: found.reason,
    contextFacts: { stated, asked: asked() },
    ignored: rules.ok ? rules.value.patterns.map(({ text, negated }) => `${negated ? '!' : ''}${text}`) : [],
    from: declared.from ?? {},
    shared: sharedOptions(declared),
    rootfs,
    named,
    compile:
      compiledBy &&
      readCompileKey(facts, rules, compiledBy, inputs.at(-1)!, files, isIgnored, declared.alsoReads),
    images: readings,
    compiled: reading?.closure?.edges ?? [],
    registry: readRegistryImages(files.text, file, [...foreign]),
  };
  const { component } = images[0]!;
  const narrow = context !== '.' || !rules.ok || rules.value.patterns.length > 0;
  const warnings = [
    ...failures,
    ...found.failures,
    ...(containerfile && stated.length > 0
      ? listUnapplied(stated, appliedIn(containerfile, images, declared))
      : []),
    ...[component, rules].flatMap((one) => (one.ok ? [] : one.failures)),
    ...(narrow ? [] : listWhole(file, component, reading)),
  ];
  return { reads, warnings };
}

/** What decides whether a setting of another file would change the images of a Containerfile. */
function appliedIn(
  { file, globals, stages }: Containerfile,
  images: ReadImages['images'],
  { stage: target, buildArgs = {} }: ReadImages['declared'],
): Applied {
  const last = stages.at(-1)?.from.name;
  const own = target ?? last;
  const instructions = stages.flatMap((one) => one.instructions);
  return {
    file,
    stages: [...(own === undefined ? [] : [own]), ...images.flatMap(({ stage }) => stage ?? [])],
    buildArgs: Object.keys(buildArgs),
    arguments: [...globals, ...instructions].flatMap((one) => (one.keyword === 'ARG' ? one.args : [])),
    references: images.flatMap(({ component }) =>
      component.ok ? component.value.bases.map(({ reference }) => reference) : [],
    ),
  };
}

/** The reads of the compile stage, which the image and its variants share. */
function readCompiled(
  components: readonly Component[],
  context: string,
  rules: Result<IgnoreMatcher>,
  files: Files,
  alsoReads: readonly string[],
): StageReading | undefined {
  const one = components.find(({ compile }) => compile);
  if (!one?.compile || !rules.ok) return undefined;
  const { stage, platforms } = one.compile;
  return readStage(stage, context, platforms, rules.value, files, alsoReads);
}

function readCompileKey(
  facts: KeyFacts,
  rules: Result<IgnoreMatcher>,
  component: Component,
  inputs: readonly Input[],
  files: Files,
  isIgnored: IsIgnored,
  alsoReads: readonly string[],
): CompileKey | undefined {
  const { compile } = component;
  if (!compile) return undefined;
  const { language, builder } = compile;
  const { reading, context } = facts;
  const definition = readDefinition(facts, pinsOf(compile), files);
  const unhashed = readCompileUnhashed({ ...facts, rules }, compile, reading, files);
  const takes = { taken: listTaken(context, component.taken.compile, files, isIgnored), onlyFiles: false };
  return {
    language,
    builder,
    inputs,
    takes,
    alsoReads,
    wide: reading?.closure ? undefined : reading?.why,
    unhashed,
    definition,
  };
}

/** Warns about a key that covers the whole workspace: every change misses, even of build outputs. */
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
