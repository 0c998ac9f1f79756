import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { type DevelopedSources, developStep, type StepInput } from '@prism-build/builder';
import { listDefinitions, planUpdate, type Update } from '@prism-build/dev';
import { ok, type Result } from '@prism-build/errors';
import { readDigestJson } from '@prism-build/oci';
import { type Directories, directoriesOf, imageDirectory, literalPart } from '@prism-build/workspace';
import { replaceInNxCache } from '../nx/nxCache';
import { openSiblings } from '../nx/openSiblings';
import { findShim } from './findShim';
import { openSession, type Session } from './session';

/** A component whose running container the dev loop keeps current. */
export interface DevComponent {
  readonly project: string;
  readonly session: Session;
  /** What the shim starts: entrypoint and arguments. */
  readonly command: readonly string[];
  /** Files whose changes concern it; absolute. */
  readonly reads: () => readonly string[];
  /** Brings the mounted files up to date. Failures: those of compiling, and then nothing was changed. */
  readonly update: (changed: readonly string[]) => Promise<Result<Update>>;
}

/** How a component is started: in place of ENTRYPOINT and CMD of its image, where it says so. */
interface Started {
  readonly entrypoint: readonly string[] | undefined;
  readonly args: readonly string[];
}

/** Compiles a component for the platform of this machine, and lays out its files for the container. */
export async function openComponent(
  project: string,
  variant: string | undefined,
  { entrypoint, args }: Started,
  context: ExecutorContext,
): Promise<Result<DevComponent>> {
  const { root } = context;
  const directories = directoriesOf(root, process.env);
  const siblings = openSiblings(context);
  const options = siblings.optionsOf(project, variant);
  if (!options.ok) return options;
  const image = await readDigestJson(imageDirectory(root, project, variant));
  if (!image.ok) return image;
  const host = process.arch === 'x64' ? 'amd64' : process.arch;
  const settings = image.value.platforms.find(({ platform }) => platform.architecture === host);
  const input: StepInput = {
    directories,
    project,
    options: options.value,
    siblings,
    replaceCached: replaceInNxCache,
  };
  const command = commandOf(entrypoint, args, settings?.entrypoint ?? [], settings?.cmd ?? []);
  const develop = () => developStep(input, `linux/${host}`);
  let sources = await develop();
  if (!sources.ok) return sources;
  const directory = sessionDirectory(directories, project);
  const program = command[0]?.startsWith('/') ? command[0].replace(/^\/+/, '') : undefined;
  let session: Session | undefined;
  const opened = await sources.value.assemble(async (made) => {
    session = openSession(directory, made, program, findShim(host));
    return ok(undefined);
  });
  if (!opened.ok) return opened;
  const current = session!;
  // A program of the base may interpret what the image adds to it.
  const interprets = program === undefined || !current.own.has(program);
  let last = { sources: sources.value, own: current.own };
  const definitions = listAllDefinitions(input);
  return ok({
    project,
    session: current,
    command,
    reads: () => [...definitions.map((path) => join(root, path)), ...last.sources.reads],
    update: async (changed) => {
      const paths = changed.map((path) => relative(root, path));
      const defining = paths.filter((path) => definitions.includes(path));
      if (defining.length > 0) return ok({ kind: 'image', paths: defining });
      sources = await develop();
      if (!sources.ok) return sources;
      const next = sources.value;
      if (
        isSameShape(last.sources, next) &&
        areContents(changed, last.own, next, join(root, options.value.context))
      ) {
        last = { ...last, sources: next };
        return ok(planUpdate(current.layout, current.place(last.own), interprets));
      }
      let update: Update = { kind: 'none' };
      const assembled = await next.assemble(async ({ own }) => {
        last = { sources: next, own };
        update = planUpdate(current.layout, current.place(own), interprets);
        return ok(undefined);
      });
      return assembled.ok ? ok(update) : assembled;
    },
  });
}

/** Another directory for each container: what the one before still uses stays as it is. Removes what a killed run left. */
function sessionDirectory({ prism }: Directories, project: string): string {
  const parent = join(prism, 'dev', project.replaceAll('/', '__'));
  const mine = `${process.pid}-`;
  for (const name of existsSync(parent) ? readdirSync(parent) : [])
    if (!name.startsWith(mine)) rmSync(join(parent, name), { recursive: true, force: true });
  return join(parent, `${mine}${++sessions}`);
}

let sessions = 0;

function commandOf(
  entrypoint: readonly string[] | undefined,
  args: readonly string[],
  ofImage: readonly string[],
  cmd: readonly string[],
): readonly string[] {
  if (entrypoint !== undefined) return [...entrypoint, ...args];
  return [...ofImage, ...(args.length > 0 ? args : cmd)];
}

/** Whether a step has the same paths, kinds and modes as before, so that its image has them too. */
function isSameShape(before: DevelopedSources, after: DevelopedSources): boolean {
  const shapeOf = ({ context, compiled }: DevelopedSources) =>
    [context, compiled ?? new Map()].map((tree) =>
      [...tree].map(
        ([path, node]) =>
          `${path} ${node.type} ${node.mode}${node.type === 'symlink' ? ` ${node.linkTarget}` : ''}`,
      ),
    );
  return JSON.stringify(shapeOf(before)) === JSON.stringify(shapeOf(after));
}

/**
 * Whether changed files of the context are in the image as they are, and no command of a stage reads them. If not, the image
 * has to be assembled to know its files.
 */
function areContents(
  changed: readonly string[],
  own: Session['own'],
  { plan, context }: DevelopedSources,
  directory: string,
): boolean {
  const placed = new Set(
    [...own.values()].flatMap((node) =>
      node.type === 'file' && node.content.kind === 'file' ? [node.content.path] : [],
    ),
  );
  const ran = plan.stages.filter(({ steps }) => steps.some(({ op }) => op === 'run'));
  const read = ran.flatMap(({ steps }) =>
    steps.flatMap((step) => {
      if (step.op === 'copy') return step.from.kind === 'context' ? step.sources.map(literalPart) : [];
      if (step.op !== 'run') return [];
      return step.mounts.flatMap((one) =>
        one.type === 'bind' && one.from.kind === 'context' ? [one.source] : [],
      );
    }),
  );
  return changed.every((path) => {
    const inContext = relative(directory, path);
    if (!context.has(inContext)) return true;
    const isRead = read.some((source) => {
      const plain = source.replace(/^(\.?\/)+|\/+$/g, '');
      return plain === '' || plain === '.' || inContext === plain || inContext.startsWith(`${plain}/`);
    });
    return placed.has(path) && !isRead;
  });
}

/** Files that define the component and those of the workspace that it is based on; relative to the workspace. */
function listAllDefinitions({ options, siblings }: StepInput): string[] {
  const bases = Object.values(options.bases).map((project) => siblings.optionsOf(project));
  const all = [options, ...bases.flatMap((base) => (base.ok ? [base.value] : []))];
  return [...new Set(all.flatMap(({ containerfile, context }) => listDefinitions(containerfile, context)))];
}
