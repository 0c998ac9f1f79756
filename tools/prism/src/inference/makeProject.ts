import type { ProjectConfiguration } from '@nx/devkit';
import { type IgnoreMatcher, ignoreNothing, type Source } from '@prism-build/containerfile';
import { containerfileFailure, type Failure, type Result } from '@prism-build/errors';
import { variablesOf } from '../workspace/buildArgs';
import { isLocal } from '../workspace/naming';
import { readIgnoreRules } from '../workspace/readContext';
import { listExecutables } from '../workspace/stage/executables';
import type { Files } from '../workspace/stage/files';
import { readStage, type StageReading } from '../workspace/stage/reading';
import type { Component } from './component';
import { sharedOptions } from './declared';
import type { ComponentUses } from './edges';
import type { Identity } from './identity';
import { followSources } from './links';
import type { PluginOptions } from './pluginOptions';
import type { ReadProject } from './readProject';
import { readRegistryImages } from './registryImages';
import type { Surroundings } from './surroundings';
import { makeTargets } from './targets';

/** A component as Nx sees it, and what it is made of. */
export interface MadeProject {
  readonly project: ProjectConfiguration;
  readonly uses: ComponentUses;
  /** What is wrong with it, for people; it is a project all the same. */
  readonly warnings: readonly Failure[];
}

export function makeProject(
  read: ReadProject,
  { name, links }: Surroundings,
  options: PluginOptions | undefined,
  identity: Identity,
  files: Files,
): MadeProject {
  const { file, directory, root, options: declared, component, variants, rootfs } = read;
  const context = declared.context ?? options?.context ?? directory;
  const rules = readIgnoreRules(files.text, file, context);
  const all = [component, ...variants.map((one) => one.component)];
  const facts = {
    project: name,
    root,
    directory,
    containerfile: file,
    prefix: options?.prefix ?? '',
    context,
    rules: rules.ok ? rules.value : ignoreNothing,
    identity,
    shared: sharedOptions(declared),
    variables: variablesOf(declared.buildArgs ?? {}),
    bases: links[0],
    rootfs,
    reading: readCompiled(all, context, rules, files),
    executables: ({ modes }: Component) =>
      rules.ok ? listExecutables(context, modes, rules.value, files) : undefined,
  };
  const narrow = context !== '.' || !rules.ok || rules.value.patterns.length > 0;
  const { builder, language } = valuesOf(all).find(({ compile }) => compile)?.compile ?? {};
  const references = valuesOf(all).flatMap(({ bases }) => bases.map(({ reference }) => reference));
  const foreign = [...new Set(references)].filter((reference) => !isLocal(reference));
  const follow = (one: Result<Component>) => (one.ok ? followLinks(context, one.value, files) : undefined);
  const project: ProjectConfiguration = {
    name,
    root,
    projectType: 'application',
    metadata: { technologies: ['containerfile', ...(language ? [language] : [])] },
    targets: makeTargets(
      facts,
      follow(component),
      variants.map((variant, index) => ({
        ...variant,
        component: follow(variant.component),
        bases: links[index + 1],
      })),
    ),
  };
  const uses: ComponentUses = {
    file,
    root,
    siblings: [...new Set(links.flatMap((one) => one?.edges ?? []))],
    builder,
    language,
    compiled: facts.reading?.closure?.edges ?? [],
    images: readRegistryImages(files.text, file, foreign),
  };
  const warnings = [
    ...read.failures,
    ...[component, rules].flatMap((one) => (one.ok ? [] : one.failures)),
    ...(narrow ? [] : listWhole(file, component, facts.reading)),
  ];
  return { project, uses, warnings };
}

function valuesOf(components: readonly Result<Component>[]): Component[] {
  return components.flatMap((one) => (one.ok ? [one.value] : []));
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

/** What the compile stage reads, which the image and its variants share. */
function readCompiled(
  components: readonly Result<Component>[],
  context: string,
  rules: Result<IgnoreMatcher>,
  files: Files,
): StageReading | undefined {
  const one = valuesOf(components).find(({ compile }) => compile);
  if (!one?.stage || !rules.ok) return undefined;
  return readStage({ ...one.stage, context }, one.platforms, rules.value, files);
}

function followLinks(context: string, component: Component, files: Files): Component {
  const { image, modes, compile } = component;
  const follow = (sources: readonly Source[]) => followSources(context, sources, files);
  const followed = follow(image);
  return {
    ...component,
    image: followed,
    modes: modes === image ? followed : follow(modes),
    compile: compile && { ...compile, sources: follow(compile.sources) },
  };
}
