import { type ContextSource, isAbsoluteMode, type Source } from '@prism-build/containerfile';
import { failed, ok, type Result } from '@prism-build/errors';
import { languageNamed, listCompanions } from '@prism-build/languages';
import {
  type CompilePlatform,
  type CompileStage,
  hasRun,
  type ImageUse,
  type Reads,
} from '@prism-build/plan';

/** The reads of a component's targets, from which keys are made. */
export interface Component {
  readonly compile: CompileReads | undefined;
  /** Sources that the image's own stages take from the context. */
  readonly image: readonly Source[];
  /** Those that keep their modes, because --chmod sets no absolute one. */
  readonly modes: readonly Source[];
  /** The images that the image's own stages start from or copy from. */
  readonly bases: readonly ImageUse[];
  /** Sources with their lines, and whether a RUN may create files of the image. */
  readonly taken: {
    readonly image: readonly ContextSource[];
    readonly compile: readonly ContextSource[];
    readonly runs: boolean;
  };
  /** Lines of instructions that take the whole context: of the image's own stages, and of the compile stage. */
  readonly whole: { readonly image: readonly number[]; readonly compile: readonly number[] };
}

export interface CompileReads {
  readonly stage: CompileStage;
  readonly platforms: readonly CompilePlatform[];
  readonly sources: readonly Source[];
  /** The builder image; its pin determines the compiler. */
  readonly builder: string;
  /** Directories of builder bases whose compilers are called too. */
  readonly companions: readonly string[];
  readonly language: string;
  readonly neverRead: readonly string[];
}

/** Failures: those of the stages that the image needs. */
export function toComponent({ compile, image }: Reads): Result<Component> {
  if (!image.ok) return failed(...image.failures);
  const { sources, images, compiled } = image.value;
  const own = distinct(sources);
  const kept = sources.filter(({ chmod }) => chmod === undefined || !isAbsoluteMode(chmod));
  const recognised = compiled && compile.kind === 'recognised' ? compile : undefined;
  return ok({
    bases: images,
    image: own,
    modes: kept.length < sources.length ? distinct(kept) : own,
    taken: { image: sources, compile: recognised?.sources ?? [], runs: hasRun(image.value) },
    whole: { image: listWhole(sources), compile: listWhole(recognised?.sources ?? []) },
    compile: recognised && {
      ...describeCompile(recognised.stage, recognised.platforms),
      platforms: recognised.platforms,
      sources: distinct(recognised.sources),
    },
  });
}

function listWhole(sources: readonly ContextSource[]): number[] {
  const lines = sources.flatMap(({ source, line }) =>
    source.kind === 'path' && source.path === '.' ? [line] : [],
  );
  return [...new Set(lines)];
}

function describeCompile(
  stage: CompileStage,
  platforms: readonly CompilePlatform[],
): Omit<CompileReads, 'sources' | 'platforms'> {
  const { builder, language } = stage;
  const known = languageNamed(language);
  const environments = platforms.map(({ environment }) => environment);
  const companions = known ? listCompanions(known, environments) : [];
  return {
    stage,
    builder,
    companions: companions.map(({ toolchain }) => `containerfiles/${toolchain.builder}`),
    language,
    neverRead: known?.sources.neverRead ?? [],
  };
}

function distinct(found: readonly ContextSource[]): Source[] {
  const sources = new Map<string, Source>();
  for (const { source } of found)
    sources.set(source.kind === 'path' ? `${source.path}\0${source.directory}` : source.url, source);
  return [...sources.values()];
}
