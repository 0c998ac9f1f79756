import {
  type Containerfile,
  type ContextSource,
  contextSources,
  isAbsoluteMode,
  listNeeds,
  type Platform,
  parseContainerfile,
  parsePlatform,
  type Resolution,
  type ResolvedStage,
  type ResolveOptions,
  resolveStages,
  type Source,
} from '@prism-build/containerfile';
import { type Failure, failed, ok, type Result } from '@prism-build/errors';
import { languages } from '@prism-build/languages';
import { type CompileStage, compileStageName, listNames, readCompileStage } from '@prism-build/plan';
import { buildPlatform } from '../../workspace/buildPlatform';

/** What the targets of a component read, out of its Containerfile alone. */
export interface Component {
  readonly compile: CompileReads | undefined;
  /** What the image's own stages take from the context. */
  readonly image: readonly Source[];
  /** Those of them that are copied with the modes that they have: no --chmod says others. */
  readonly modes: readonly Source[];
  /** The images that the image's own stages start from or copy from, as the file names them. */
  readonly bases: readonly ImageReference[];
  /** The compile stage, where it is recognised and the same for all platforms; its context is not known here. */
  readonly stage: CompileStage | undefined;
  readonly platforms: readonly Platform[];
  /** Lines of instructions that take the whole context: of the image's own stages, and of the compile stage. */
  readonly whole: { readonly image: readonly number[]; readonly compile: readonly number[] };
}

export interface ImageReference {
  readonly reference: string;
  /** Those that name it so, as in the options. */
  readonly platforms: readonly string[];
}

export interface CompileReads {
  readonly sources: readonly Source[];
  /** The builder image, whose pin decides bytes. */
  readonly builder: string;
  readonly language: string;
  readonly neverRead: readonly string[];
}

export interface ComponentOptions {
  readonly platforms: readonly string[];
  readonly buildArgs: Readonly<Record<string, string>>;
  readonly target: string | undefined;
  /** Named build contexts that stand beside the Containerfile: no images. */
  readonly contexts?: readonly string[];
  /** ENV of images, where they are known. */
  readonly baseEnv?: ResolveOptions['baseEnv'];
}

/** The arguments that a platform sets, anywhere in the text: without them every platform reads the same. */
const platformMatters = /TARGET|BUILD(PLATFORM|OS|ARCH|VARIANT)/;

/** Reads a Containerfile for every platform: a COPY may depend on TARGETARCH. Failures are those of the file. */
export function readComponent(text: string, file: string, options: ComponentOptions): Result<Component> {
  const containerfile = parseContainerfile(text, file);
  if (!containerfile.ok) return containerfile;
  const resolutions: StageResolution[] = [];
  const failures: Failure[] = [];
  for (const name of platformMatters.test(text) ? options.platforms : options.platforms.slice(0, 1)) {
    const resolution = resolveFor(containerfile.value, name, options);
    if (resolution.ok) resolutions.push({ platform: name, ...resolution.value });
    else failures.push(...resolution.failures);
  }
  if (resolutions.length === 0 || failures.length > 0) {
    return failed(...new Map(failures.map((failure) => [JSON.stringify(failure), failure])).values());
  }
  const recognised = recogniseStage(resolutions, file);
  const readings = resolutions.map((resolution) => readStages(resolution, recognised !== undefined));
  const first = readings[0]!;
  const stage = first.compile && recognised;
  const sources = readings.map((one) => ({
    image: contextSources(one.image),
    compile: one.compile ? contextSources([one.compile]) : [],
  }));
  const image = distinct(sources.flatMap((one) => one.image));
  const fixed = readings.some((one) => one.image.some(fixesModes));
  return ok({
    bases: listReferences(readings, options.contexts ?? []),
    stage,
    platforms: options.platforms.map(platformOf),
    whole: {
      image: listWhole(sources[0]!.image),
      compile: listWhole(sources[0]!.compile),
    },
    image,
    modes: fixed
      ? distinct(readings.flatMap((one) => contextSources(one.image.map(withoutFixedModes))))
      : image,
    compile: stage && {
      ...describeCompile(stage),
      sources: distinct(sources.flatMap((one) => one.compile)),
    },
  });
}

const fixesMode = (one: ResolvedStage['instructions'][number]): boolean =>
  'chmod' in one && one.chmod !== undefined && isAbsoluteMode(one.chmod);

const fixesModes = ({ instructions }: ResolvedStage): boolean => instructions.some(fixesMode);

function withoutFixedModes(stage: ResolvedStage): ResolvedStage {
  return { ...stage, instructions: stage.instructions.filter((one) => !fixesMode(one)) };
}

function listWhole(sources: readonly ContextSource[]): number[] {
  return sources.flatMap(({ source, line }) => (source.kind === 'path' && source.path === '.' ? [line] : []));
}

function platformOf(name: string): Platform {
  return parsePlatform(name) ?? { os: 'linux', architecture: name };
}

interface StageResolution extends Resolution {
  readonly platform: string;
}

function resolveFor(
  containerfile: Containerfile,
  name: string,
  { buildArgs, target, baseEnv }: ComponentOptions,
): Result<Resolution> {
  const platform = platformOf(name);
  return resolveStages(containerfile, {
    platform,
    buildPlatform,
    buildArgs,
    target,
    ...(baseEnv && { baseEnv }),
  });
}

/** A stage called `compile` that no language recognises is one like any other: what it reads, the image reads. */
function recogniseStage(resolutions: readonly StageResolution[], file: string): CompileStage | undefined {
  const stages = resolutions.map((resolution) => {
    const compile = compileStageOf(resolution);
    const read = compile && readCompileStage(compile, file, '.');
    return read?.ok ? read.value.plan : undefined;
  });
  const [first, ...others] = stages;
  const same = others.every((stage) => JSON.stringify(stage) === JSON.stringify(first));
  return same ? first : undefined;
}

function compileStageOf({ stages }: Resolution): ResolvedStage | undefined {
  return stages.find((stage) => stage.name === compileStageName);
}

interface StageReading {
  readonly platform: string;
  readonly compile: ResolvedStage | undefined;
  readonly image: readonly ResolvedStage[];
}

function readStages(resolution: StageResolution, recognised: boolean): StageReading {
  const { stages, target, platform } = resolution;
  const compile = recognised ? compileStageOf(resolution) : undefined;
  const image = new Set<number>();
  let usesCompile = false;
  const visit = (index: number): void => {
    if (index === compile?.index) usesCompile = true;
    if (index === compile?.index || image.has(index)) return;
    image.add(index);
    listNeeds(stages[index]!).forEach(visit);
  };
  visit(target);
  return {
    platform,
    compile: usesCompile ? compile : undefined,
    image: [...image].map((index) => stages[index]!),
  };
}

function listReferences(readings: readonly StageReading[], contexts: readonly string[]): ImageReference[] {
  const found = new Map<string, string[]>();
  for (const { platform, image } of readings) {
    for (const reference of new Set(image.flatMap(imagesOf))) {
      if (contexts.includes(reference)) continue;
      found.set(reference, [...(found.get(reference) ?? []), platform]);
    }
  }
  return [...found].map(([reference, platforms]) => ({ reference, platforms }));
}

function imagesOf({ base, instructions }: ResolvedStage): string[] {
  return [...(base.kind === 'image' ? [base.reference] : []), ...instructions.flatMap(listNames)];
}

function describeCompile({ builder, language }: CompileStage): Omit<CompileReads, 'sources'> {
  const known = languages.find(({ name }) => name === language);
  return { builder, language, neverRead: known?.neverRead ?? [] };
}

function distinct(found: readonly ContextSource[]): Source[] {
  const sources = new Map<string, Source>();
  for (const { source } of found)
    sources.set(source.kind === 'path' ? `${source.path}\0${source.directory}` : source.url, source);
  return [...sources.values()];
}
