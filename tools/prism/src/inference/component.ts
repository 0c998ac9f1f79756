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
import { languages, recogniseCommand } from '@prism-build/languages';
import { type CompileStage, compileStageName, listNames, readCompileStage } from '@prism-build/plan';
import { buildPlatform } from '../workspace/buildPlatform';

/** What the targets of a component read, out of its Containerfile alone. */
export interface Component {
  readonly compile: CompileReads | undefined;
  /** What the image's own stages take from the context. */
  readonly image: readonly Source[];
  /** The images that the image's own stages start from or copy from, as the file names them. */
  readonly bases: readonly ImageReference[];
  /** The compile stage, where it is recognised and the same for all platforms; its context is not known here. */
  readonly stage: CompileStage | undefined;
  readonly platforms: readonly Platform[];
}

export interface ImageReference {
  readonly reference: string;
  /** Those that name it so, as in the options. */
  readonly platforms: readonly string[];
}

export interface CompileReads {
  readonly sources: readonly Source[];
  /** The builder image, whose pin decides bytes. */
  readonly builder: string | undefined;
  readonly language: string | undefined;
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
  for (const name of platformMatters.test(text) ? options.platforms : options.platforms.slice(0, 1)) {
    const reading = readStages(containerfile.value, name, options);
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
    stage: compile && recogniseStage(readings, file),
    platforms: options.platforms.map(platformOf),
    image: distinct(readings.flatMap(({ image }) => contextSources(image).map(({ source }) => source))),
    compile: compile && {
      ...describeCompile(compile),
      sources: distinct(
        readings.flatMap((one) =>
          one.compile ? contextSources([one.compile]).map(({ source }) => source) : [],
        ),
      ),
    },
  });
}

function platformOf(name: string): Platform {
  return parsePlatform(name) ?? { os: 'linux', architecture: name };
}

function recogniseStage(readings: readonly StageReading[], file: string): CompileStage | undefined {
  const stages = readings.map(({ compile }) => {
    const read = compile && readCompileStage(compile, file, '.');
    return read?.ok ? read.value.plan : undefined;
  });
  const distinct = new Set(stages.map((stage) => JSON.stringify(stage)));
  return distinct.size === 1 ? stages[0] : undefined;
}

interface StageReading {
  readonly platform: string;
  readonly compile: ResolvedStage | undefined;
  readonly image: readonly ResolvedStage[];
}

function readStages(
  containerfile: Containerfile,
  name: string,
  options: ComponentOptions,
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
  const compile = stages.find((stage) => stage.name === compileStageName);
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

function describeCompile(stage: ResolvedStage): Omit<CompileReads, 'sources'> {
  const run = stage.instructions.find((instruction) => instruction.keyword === 'RUN');
  const command = run?.command.form === 'exec' ? recogniseCommand(run.command.argv) : undefined;
  const language = languages.find(({ name }) => name === command?.recognised.language);
  return {
    builder: stage.base.kind === 'image' ? stage.base.reference : undefined,
    language: language?.name,
    neverRead: language?.neverRead ?? [],
  };
}

function distinct(sources: readonly Source[]): Source[] {
  return [...new Map(sources.map((source) => [JSON.stringify(source), source])).values()];
}
