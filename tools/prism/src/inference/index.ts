import { join } from 'node:path';
import type { CreateNodes, CreateNodesContext, CreateNodesResult, ProjectConfiguration } from '@nx/devkit';
import { type IgnoreMatcher, ignoreNothing, type Source } from '@prism-build/containerfile';
import {
  containerfileFailure,
  type Failure,
  failed,
  ok,
  type Result,
  renderFailures,
} from '@prism-build/errors';
import { fileFailure, readTextIfThere } from '@prism-build/shell';
import { imageKey } from '../workspace/directories';
import { isLocal } from '../workspace/naming';
import { readIgnoreRules } from '../workspace/readContext';
import type { Files } from '../workspace/stage/files';
import { readStage, type StageReading } from '../workspace/stage/reading';
import { type BaseLinks, findTakenNames, linkBases } from './bases';
import { type Component, readComponent } from './component';
import { type Declared, listOf, readDeclared, readRootfs, sharedOptions } from './declared';
import { type ComponentUses, type Edge, keepEdges, listEdges, listNodes } from './edges';
import { type Identity, pluginIdentity } from './identity';
import { openKept } from './kept';
import { followSources, type LinkReader, openLinks } from './links';
import { nameProjects } from './names';
import { containerfileGlob, type Place, placeComponents } from './places';
import { makeTargets } from './targets';
import { defaultVariantNames, findVariants, type Variant } from './variants';

/** Options of the plugin in nx.json. */
export interface PluginOptions {
  /** Platforms that a Containerfile is read for; those of the targets are their own option. */
  readonly platforms?: readonly string[];
  /** Goes before the project in the names of loaded images: localhost/<prefix>/<project>. */
  readonly prefix?: string;
  /** The build context of components that declare none, relative to the workspace; the Containerfile's directory if left out. */
  readonly context?: string;
  /** Names of stages that are variants of an image without being declared; debug and regular if left out. */
  readonly variants?: readonly string[];
}

export { createDependencies } from './edges';

const defaultPlatforms = ['linux/amd64', 'linux/arm64'];

/** Every Containerfile (or Dockerfile) is a project. A broken one warns, and breaks no other. */
export const createNodes: CreateNodes<PluginOptions> = [
  containerfileGlob,
  (files, options, context) => {
    const identity = pluginIdentity(__dirname, context.workspaceRoot);
    const { places, failures } = placeComponents(files);
    const read = nameAll(places.map((place) => readProject(place, options, context)));
    const prefix = options?.prefix ?? '';
    warn([...failures, ...findTakenNames(read, prefix)]);
    const links = linkBases(read.flatMap(listNamed), prefix);
    const symbolic = openLinks();
    const kept = openKept(context.workspaceRoot);
    const roots = new Map(read.map(({ name, root }) => [name, root]));
    const edges: Edge[] = [];
    const made = read.map((one): [string, CreateNodesResult] => {
      const { project, uses } = makeProject(
        one,
        links,
        symbolic,
        options,
        context,
        identity,
        kept.files,
        roots,
      );
      const own = listEdges(context.workspaceRoot, uses);
      edges.push(...own);
      const { projects, externalNodes } = listNodes(
        context.workspaceRoot,
        uses,
        own,
        new Set(roots.values()),
      );
      return [one.file, { projects: { ...projects, [one.root]: project }, externalNodes }];
    });
    kept.save();
    keepEdges(context.workspaceRoot, edges);
    return made;
  },
];

function nameAll(read: readonly UnnamedProject[]): ReadProject[] {
  const names = nameProjects(read);
  return read.map((one, index) => ({ ...one, name: names[index]! }));
}

/** On standard error: what nx prints for scripts is on the other. Building says the rest of what is wrong. */
function warn(failures: readonly Failure[], most = 10): void {
  if (failures.length === 0) return;
  const more = failures.length > most ? `  and ${failures.length - most} more\n` : '';
  process.stderr.write(`${renderFailures(failures.slice(0, most))}\n${more}`);
}

/** A component by itself, before it is known what its images' names stand for. */
interface UnnamedProject extends Place {
  readonly declared: string | undefined;
  readonly options: Declared['options'];
  readonly component: Result<Component>;
  readonly rootfs: ReturnType<typeof readRootfs>;
  readonly variants: readonly ReadVariant[];
  readonly failures: readonly Failure[];
}

interface ReadProject extends UnnamedProject {
  readonly name: string;
}

interface ReadVariant extends Variant {
  readonly component: Result<Component>;
}

/** Each image of a component with the images that it names; nothing can name a variant. */
function listNamed({ name, component, variants }: ReadProject) {
  const named = (key: string, one: Result<Component>) => ({
    name: key,
    references: one.ok ? one.value.bases.map(({ reference }) => reference) : [],
  });
  return [
    named(name, component),
    ...variants.map((variant) => named(imageKey(name, variant.name), variant.component)),
  ];
}

function readProject(
  place: Place,
  options: PluginOptions | undefined,
  { workspaceRoot }: CreateNodesContext,
): UnnamedProject {
  const { file } = place;
  const declared = readDeclared(join(workspaceRoot, place.root));
  const rootfs = readRootfs(join(workspaceRoot, place.directory));
  const text = orFailure(file, () => ok(readTextIfThere(join(workspaceRoot, file)) ?? ''));
  const buildArgs = declared.options.buildArgs ?? {};
  const platforms = listOf(declared.options.platforms) ?? options?.platforms ?? defaultPlatforms;
  const contexts = rootfs ? ['rootfs'] : [];
  const target = declared.options.stage;
  const read = (stage: string | undefined) =>
    text.ok ? readComponent(text.value, file, { platforms, buildArgs, target: stage, contexts }) : text;
  const variants = findVariants(text.ok ? text.value : '', file, {
    names: options?.variants ?? defaultVariantNames,
    declared: declared.options.variants,
    targets: declared.variants,
    buildArgs,
    target,
    contexts,
  });
  return {
    ...place,
    declared: declared.name,
    options: declared.options,
    rootfs,
    component: read(target),
    variants: variants.ok ? variants.value.map((one) => ({ ...one, component: read(one.stage) })) : [],
    failures: variants.ok ? [] : variants.failures,
  };
}

function makeProject(
  read: ReadProject,
  links: ReadonlyMap<string, BaseLinks>,
  symbolic: LinkReader,
  options: PluginOptions | undefined,
  { workspaceRoot }: CreateNodesContext,
  identity: Identity,
  files: Files,
  roots: ReadonlyMap<string, string>,
): { readonly project: ProjectConfiguration; readonly uses: ComponentUses } {
  const { file, directory, root, name, options: declared, component, variants, rootfs } = read;
  const context = declared.context ?? options?.context ?? directory;
  const rules = orFailure(`the ignore file of ${file}`, () => readIgnoreRules(workspaceRoot, file, context));
  warn([...read.failures, ...[component, rules].flatMap((one) => (one.ok ? [] : one.failures))]);
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
    bases: links.get(name),
    rootfs,
    reading: readCompiled([component, ...variants.map((one) => one.component)], context, rules, files),
  };
  if (context === '.' && rules.ok && rules.value.patterns.length === 0)
    warnOfWhole(file, component, facts.reading);
  const edges = [name, ...variants.map((variant) => imageKey(name, variant.name))].flatMap(
    (image) => links.get(image)?.edges ?? [],
  );
  const all = [component, ...variants.map((one) => one.component)].flatMap((one) =>
    one.ok ? [one.value] : [],
  );
  const { builder, language } = all.find(({ compile }) => compile)?.compile ?? {};
  const references = all.flatMap(({ bases }) => bases.map(({ reference }) => reference));
  const uses: ComponentUses = {
    file,
    root,
    siblings: [...new Set(edges)].flatMap((base) => roots.get(base) ?? []),
    builder,
    language,
    reading: facts.reading,
    foreign: [...new Set(references)].filter((reference) => !isLocal(reference)),
  };
  const follow = (one: Result<Component>) =>
    one.ok ? followLinks(join(workspaceRoot, context), one.value, symbolic) : undefined;
  const project: ProjectConfiguration = {
    name,
    root,
    projectType: 'application',
    metadata: { technologies: ['containerfile', ...(language ? [language] : [])] },
    targets: makeTargets(
      facts,
      follow(component),
      variants.map((variant) => ({
        ...variant,
        component: follow(variant.component),
        bases: links.get(imageKey(name, variant.name)),
      })),
    ),
  };
  return { project, uses };
}

/** A key of the whole workspace misses with every change, also of what builds write: nobody wants it unawares. */
function warnOfWhole(file: string, component: Result<Component>, reading: StageReading | undefined): void {
  if (!component.ok) return;
  const { image, compile } = component.value.whole;
  const warnings = [...image, ...(reading?.closure ? [] : compile)].map((line) =>
    containerfileFailure('CONTEXT_NOT_NARROWED', {
      what: 'this takes the whole workspace, so that any change builds it again',
      why: reading && !reading.closure ? reading.why : undefined,
      at: { file, line },
    }),
  );
  if (warnings.length > 0) process.stderr.write(`${renderFailures(warnings)}\n`);
}

/** What the compile stage reads, which the image and its variants share. */
function readCompiled(
  components: readonly Result<Component>[],
  context: string,
  rules: Result<IgnoreMatcher>,
  files: Files,
): StageReading | undefined {
  const one = components.find((component) => component.ok && component.value.compile);
  if (!one?.ok || !one.value.stage || !rules.ok) return undefined;
  return readStage({ ...one.value.stage, context }, one.value.platforms, rules.value, files);
}

/** What cannot be read is the matter of one project: an exception here would end every command of nx. */
function orFailure<T>(what: string, read: () => Result<T>): Result<T> {
  try {
    return read();
  } catch (error) {
    return failed(fileFailure(error, `cannot read ${what}`));
  }
}

function followLinks(context: string, component: Component, symbolic: LinkReader): Component {
  const { image, compile } = component;
  const follow = (sources: readonly Source[]) => followSources(context, sources, symbolic);
  const followed = compile && { ...compile, sources: follow(compile.sources) };
  return { ...component, image: follow(image), compile: followed };
}
