import {
  type Containerfile,
  contextSources,
  listNeeds,
  type Platform,
  parseContainerfile,
  parsePlatform,
  type ResolvedStage,
  type ResolveOptions,
  resolveStages,
  type Source,
} from '@prism-build/containerfile';
import { type Failure, failed, ok, type Result } from '@prism-build/errors';
import { languages } from '@prism-build/languages';
import { type CompilePlan, compileStageName, listNames, planCompile } from '@prism-build/plan';
import { buildPlatform } from '../workspace/buildPlatform';

/** What the targets of a component read, out of its Containerfile alone. */
export interface Component {
  readonly compile: CompileReads | undefined;
  /** What the image's own stages take from the context. */
  readonly image: readonly Source[];
  /** The images that the image's own stages start from or copy from, as the file names them. */
  readonly bases: readonly ImageReference[];
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
  const readings: StageReading[] = [];
  const failures: Failure[] = [];
  const recognised = recogniseCompile(containerfile.value, options);
  for (const name of platformMatters.test(text) ? options.platforms : options.platforms.slice(0, 1)) {
    const reading = readStages(containerfile.value, name, options, recognised);
    if (reading.ok) readings.push(reading.value);
    else failures.push(...reading.failures);
  }
  const [first] = readings;
  if (!first || failures.length > 0) {
    return failed(...new Map(failures.map((failure) => [JSON.stringify(failure), failure])).values());
  }
  const compile = first.compile;
  return ok({
    bases: listReferences(readings, options.contexts ?? []),
    image: distinct(readings.flatMap(({ image }) => contextSources(image).map(({ source }) => source))),
    compile: compile && {
      ...describeCompile(recognised!),
      sources: distinct(
        readings.flatMap((one) =>
          one.compile ? contextSources([one.compile]).map(({ source }) => source) : [],
        ),
      ),
    },
  });
}

interface StageReading {
  readonly platform: string;
  readonly compile: ResolvedStage | undefined;
  readonly image: readonly ResolvedStage[];
}

/** A stage called `compile` that no language recognises is one like any other: what it reads, the image reads. */
function recogniseCompile(
  containerfile: Containerfile,
  { platforms, buildArgs }: ComponentOptions,
): CompilePlan | undefined {
  if (!containerfile.stages.some(({ from }) => from.name === compileStageName)) return undefined;
  const plan = planCompile({
    containerfile,
    context: '.',
    platforms: platforms.map(platformOf),
    buildPlatform,
    buildArgs,
    compression: 'zstd',
  });
  return plan.ok ? plan.value : undefined;
}

const platformOf = (name: string): Platform => parsePlatform(name) ?? { os: 'linux', architecture: name };

function readStages(
  containerfile: Containerfile,
  name: string,
  options: ComponentOptions,
  recognised: CompilePlan | undefined,
): Result<StageReading> {
  const platform = platformOf(name);
  const { buildArgs, target } = options;
  const resolution = resolveStages(containerfile, {
    platform,
    buildPlatform,
    buildArgs,
    target,
    ...(options.baseEnv && { baseEnv: options.baseEnv }),
  });
  if (!resolution.ok) return resolution;
  const { stages } = resolution.value;
  const compile = recognised && stages.find((stage) => stage.name === compileStageName);
  const image = new Set<number>();
  let usesCompile = false;
  const visit = (index: number): void => {
    if (index === compile?.index) usesCompile = true;
    if (index === compile?.index || image.has(index)) return;
    image.add(index);
    listNeeds(stages[index]!).forEach(visit);
  };
  visit(resolution.value.target);
  return ok({
    platform: name,
    compile: usesCompile ? compile : undefined,
    image: [...image].map((index) => stages[index]!),
  });
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

function describeCompile({ builder, language }: CompilePlan): Omit<CompileReads, 'sources'> {
  const known = languages.find(({ name }) => name === language);
  return { builder, language, neverRead: known?.neverRead ?? [] };
}

function distinct(sources: readonly Source[]): Source[] {
  return [...new Map(sources.map((source) => [JSON.stringify(source), source])).values()];
}
