import { type IgnoreMatcher, ignoreNothing } from '@prism-build/containerfile';
import { containerfileFailure, type Failure, type Result } from '@prism-build/errors';
import { imagesLockPath } from '@prism-build/registry';
import { variablesOf } from '../../workspace/buildArgs';
import { isLocal } from '../../workspace/naming';
import { readIgnoreRules } from '../../workspace/readContext';
import type { Files } from '../../workspace/stage/files';
import { readStage, type StageReading } from '../../workspace/stage/reading';
import type { Identity } from '../identity';
import type { Place } from '../places';
import type { PluginOptions } from '../pluginOptions';
import type { Component } from './component';
import { sharedOptions } from './declared';
import { compileInputs, imageInputs, type KeyFacts, pinsOf } from './keys';
import { followSources } from './links';
import { readImages } from './readImages';
import type { CompileKey, ImageReads, ProjectReads } from './reads';
import { readRegistryImages } from './registryImages';
import { readCompileUnhashed, readDefinition, readImageUnhashed } from './unhashed';

export interface ReadProject {
  readonly reads: ProjectReads;
  /** What is wrong with it, for people; it is a project all the same. */
  readonly warnings: readonly Failure[];
}

export function readProject(
  place: Place,
  options: PluginOptions | undefined,
  identity: Identity,
  files: Files,
): ReadProject {
  const { file } = place;
  const { declared, rootfs, images, failures } = readImages(place, options, files);
  const components = images.flatMap((one) => (one.component.ok ? [one.component.value] : []));
  const context = declared.context ?? options?.context ?? place.directory;
  const rules = readIgnoreRules(files.text, file, context);
  const reading = readCompiled(components, context, rules, files);
  const facts: KeyFacts = {
    containerfile: file,
    context,
    rules: rules.ok ? rules.value : ignoreNothing,
    identity,
    variables: variablesOf(declared.buildArgs ?? {}),
    reading,
    rootfs: rootfs !== undefined,
  };
  const readings = images.map(({ component, ...variant }): ImageReads => {
    const followed = component.ok ? followLinks(context, component.value, files) : undefined;
    const locked = followed?.bases.some(({ reference }) => !isLocal(reference)) ?? false;
    return {
      ...variant,
      references: followed ? followed.bases.map(({ reference }) => reference) : [],
      inputs: imageInputs(facts, followed, place),
      compiled: followed?.compile !== undefined,
      definition: readDefinition(facts, locked ? [imagesLockPath(file)] : [], files),
      unhashed: readImageUnhashed({ ...facts, rules }, component.ok ? component.value : undefined, files),
    };
  });
  const foreign = new Set(
    readings.flatMap((one) => one.references.filter((reference) => !isLocal(reference))),
  );
  const reads: ProjectReads = {
    declared: declared.name,
    context,
    shared: sharedOptions(declared),
    rootfs,
    compile: readCompileKey(facts, rules, components, place, files),
    images: readings,
    compiled: reading?.closure?.edges ?? [],
    registry: readRegistryImages(files.text, file, [...foreign]),
  };
  const { component } = images[0]!;
  const narrow = context !== '.' || !rules.ok || rules.value.patterns.length > 0;
  const warnings = [
    ...failures,
    ...[component, rules].flatMap((one) => (one.ok ? [] : one.failures)),
    ...(narrow ? [] : listWhole(file, component, reading)),
  ];
  return { reads, warnings };
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
  rules: Result<IgnoreMatcher>,
  components: readonly Component[],
  place: Place,
  files: Files,
): CompileKey | undefined {
  const compile = components.find((one) => one.compile)?.compile;
  if (!compile) return undefined;
  const { language, builder, sources } = compile;
  const { reading, context } = facts;
  const followed = { ...compile, sources: followSources(context, sources, files) };
  const inputs = compileInputs(facts, followed, place);
  const definition = readDefinition(facts, pinsOf(builder), files);
  const unhashed = readCompileUnhashed({ ...facts, rules }, compile, reading, files);
  return {
    language,
    builder,
    inputs,
    wide: reading?.closure ? undefined : reading?.why,
    unhashed,
    definition,
  };
}

function followLinks(context: string, component: Component, files: Files): Component {
  return { ...component, image: followSources(context, component.image, files) };
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
