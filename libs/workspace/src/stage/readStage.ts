import type { IgnoreMatcher } from '@prism-build/containerfile';
import { parentOf } from '@prism-build/containerfile';
import {
  type Closure,
  matchesName,
  type Part,
  recogniseCommand,
  type SourceEntry,
  type Target,
  type Use,
  upwards,
} from '@prism-build/languages';
import type { CompilePlatform, CompileStage } from '@prism-build/plan';
import type { Files } from './files';
import { behind, type Mount, mountCopies } from './mounts';
import { inContext, joined } from './paths';

/** The files that the compiler of a stage reads. */
interface StageClosure extends Closure {
  /** The parts of the workspace that are copied to the parts of the stage. */
  readonly workspace: readonly Part[];
  /** Imports, `from` a file `to` a directory of the workspace. */
  readonly edges: readonly Use[];
}

export type StageReading =
  | { readonly closure: StageClosure }
  | { readonly closure?: undefined; readonly why: string };

/**
 * Determines, from files alone, what the compiler of a recognised stage reads. Inference makes the cache key from the
 * result, and the executor the compiler's tree, so the compiler sees no file that the key does not cover. If it cannot be
 * determined, `why` is the reason, and all files that COPY takes count as read.
 *
 * @param alsoReads paths of the context that count as read, in addition to those that sources show; `.` is all that
 * COPY takes
 */
export function readStage(
  stage: CompileStage,
  context: string,
  platforms: readonly CompilePlatform[],
  rules: IgnoreMatcher,
  files: Files,
  alsoReads: readonly string[] = [],
): StageReading {
  const { language, recognised } = recogniseCommand(stage.argv)!;
  const mounts = mountCopies(stage.copies, context, files);
  if (typeof mounts === 'string') return { why: mounts };
  const view = new View(mounts, context, rules, files);
  const working = stage.working.replace(/^\//, '');
  const { facts, list } = view;
  const targets = platforms.map(({ platform }) => platform);
  const environment = (target: Target) =>
    platforms.find(({ platform }) => platform === target)?.environment ?? {};
  const said = language.sources.reads({ recognised, targets, working, environment }, { facts, list });
  if (!said.closure) return said;
  const more = alsoReads.map((path) => inContext(context, path.replace(/\/+$/, '')));
  if (more.includes(inContext(context, '.'))) return { why: 'the option alsoReads contains `.`' };
  const parts = [...said.closure.parts, ...more.flatMap((path) => view.partsOf(path))];
  const reading = { closure: { ...said.closure, parts } };
  const workspace = reading.closure.parts.flatMap((part) => view.behindPart(part));
  for (const part of workspace) view.check(part, reading.closure.except);
  if (view.link !== undefined) return { why: `${view.link} is a symbolic link` };
  const edges = reading.closure.uses.flatMap(({ from, to }) => {
    const [file, directory] = [view.find(from), view.directoryOf(to)];
    if (file === undefined || directory === undefined) return [];
    return [{ from: file, to: libraryOf(directory, language.sources.manifest, files) }];
  });
  return { closure: { workspace, edges, ...reading.closure } };
}

/** The nearest directory with the language's manifest, upwards from a directory; the directory itself if there is none. */
function libraryOf(directory: string, manifest: string | undefined, { kindOf }: Files): string {
  const marked = (one: string) => one !== '' && kindOf(`${one}/${manifest}`) === 'file';
  return (manifest && upwards(directory).find(marked)) || directory;
}

/** The tree that a stage will have, seen through its mounts. Later mounts hide earlier ones. */
class View {
  /** The first symbolic link that was found; undefined if there is none. */
  link: string | undefined;
  private readonly upper: readonly Mount[];
  private readonly start: number;
  private readonly seen = new Set<string>();
  private readonly listed = new Map<string, readonly SourceEntry[]>();

  constructor(
    private readonly mounts: readonly Mount[],
    context: string,
    private readonly rules: IgnoreMatcher,
    private readonly files: Files,
  ) {
    this.upper = [...mounts].reverse();
    this.start = context === '.' ? 0 : context.length + 1;
  }

  readonly facts = <T>(path: string, kind: string, parse: (text: string) => T): T | undefined => {
    const found = this.find(path);
    return found === undefined ? undefined : this.files.facts(found, kind, parse);
  };

  readonly list = (path: string): readonly SourceEntry[] => {
    const known = this.listed.get(path);
    if (known) return known;
    const entries = this.read(path);
    this.listed.set(path, entries);
    return entries;
  };

  private read(path: string): SourceEntry[] {
    const found = new Map<string, SourceEntry>();
    for (const mount of this.mounts) {
      const place = mount.file ? undefined : behind(mount, path);
      if (place !== undefined && this.files.kindOf(place) === 'link') this.link ??= place;
      for (const { name, kind } of place === undefined ? [] : this.files.list(place)) {
        const directory = kind === 'directory';
        if (directory || this.visible(joined(place!, name))) found.set(name, { name, directory });
      }
      const prefix = path === '' ? '' : `${path}/`;
      if (mount.stage === path || !mount.stage.startsWith(prefix)) continue;
      const [name = '', ...more] = mount.stage.slice(prefix.length).split('/');
      found.set(name, { name, directory: more.length > 0 || !mount.file });
    }
    return [...found.values()];
  }

  /** The file of the workspace that is copied to a path of the stage. */
  find(path: string): string | undefined {
    for (const mount of this.upper) {
      const place = mount.file && mount.stage !== path ? undefined : behind(mount, path);
      if (place === undefined) continue;
      const kind = this.files.kindOf(place);
      if (kind === 'link') this.link ??= place;
      if (kind === 'file' && this.visible(place)) return place;
    }
    return undefined;
  }

  directoryOf(path: string): string | undefined {
    const places = this.upper.flatMap((mount) => (mount.file ? [] : (behind(mount, path) ?? [])));
    return places.find((place) => this.files.kindOf(place) === 'directory');
  }

  /** The parts of the stage to which a path of the workspace is copied. */
  partsOf(path: string): Part[] {
    return this.mounts.flatMap((mount): Part[] => {
      const inside = path === mount.path || mount.path === '' || path.startsWith(`${mount.path}/`);
      if (inside && !(mount.file && path !== mount.path)) {
        const rest = path.slice(mount.path === '' ? 0 : mount.path.length + 1);
        const place = joined(mount.stage, rest);
        return [{ kind: this.files.kindOf(path) === 'directory' ? 'tree' : 'file', path: place }];
      }
      const above = path === '' || mount.path.startsWith(`${path}/`);
      return above ? [{ kind: mount.file ? 'file' : 'tree', path: mount.stage }] : [];
    });
  }

  /** The parts of the workspace that may be copied to a part of the stage. */
  behindPart(part: Part): Part[] {
    return this.mounts.flatMap((mount): Part[] => {
      const above = part.path === '' || mount.stage.startsWith(`${part.path}/`);
      if (mount.file) {
        const directory = parentOf(mount.stage);
        const name = mount.stage.slice(directory === '' ? 0 : directory.length + 1);
        const inside =
          part.kind === 'files'
            ? directory === part.path && matchesName(part.names, name)
            : mount.stage === part.path || (part.kind === 'tree' && above);
        return inside ? [{ kind: 'file', path: mount.path }] : [];
      }
      const place = behind(mount, part.path);
      if (place !== undefined) return [{ ...part, path: place }];
      return above && part.kind === 'tree' ? [{ kind: 'tree', path: mount.path }] : [];
    });
  }

  /** Records a symbolic link in a part of the workspace: its target was not examined. */
  check(part: Part, except: readonly string[]): void {
    const { kindOf, list } = this.files;
    if (kindOf(part.path) === 'link') this.link ??= part.path;
    if (part.kind === 'tree') this.checkTree(part.path);
    if (part.kind !== 'files') return;
    const counts = (name: string) =>
      matchesName(part.names, name) && !except.some((ending) => name.endsWith(ending));
    const link = list(part.path).find(({ name, kind }) => kind === 'link' && counts(name));
    if (link) this.link ??= joined(part.path, link.name);
  }

  private checkTree(directory: string): void {
    if (this.seen.has(directory)) return;
    this.seen.add(directory);
    const { links, directories } = this.files.branches(directory);
    for (const name of links)
      if (this.visible(joined(directory, name))) this.link ??= joined(directory, name);
    for (const name of directories) {
      const path = joined(directory, name);
      if (!this.rules.canPrune(path.slice(this.start))) this.checkTree(path);
    }
  }

  /** Whether the context's ignore file includes a file of the workspace. */
  private visible(path: string): boolean {
    return !this.rules.ignores(path.slice(this.start), false);
  }
}
