import { posix } from 'node:path';
import { type IgnoreMatcher, parseIgnoreFile } from '@prism-build/containerfile';
import { imagesLockPath } from '@prism-build/registry';
import { builderDirectory, isLocal, listIgnoreFiles, type StageReading } from '@prism-build/workspace';
import { hashesIgnoredFiles } from '../../nx/nxVersion';
import type { Identity } from '../identity';
import type { ComponentPlace } from '../places';
import type { CompileReads, Component } from './component';
import { literalPath, special, workspaceFileset } from './fileset';
import { toExclusions, toFilesets, toPartFilesets } from './filesets';

/** An input as Nx has it in `targets.<name>.inputs`. */
export type Input = string | Readonly<Record<string, unknown>>;

/** Everything that determines inputs. */
export interface KeyFacts {
  readonly containerfile: string;
  readonly context: string;
  readonly rules: IgnoreMatcher;
  readonly identity: Identity;
  /** The variables of the environment that build arguments take their values from. */
  readonly variables?: readonly string[];
  /** The files that the compiler reads, or why they are unknown; absent without a recognised compile stage. */
  readonly reading?: StageReading | undefined;
  /** Whether the Containerfile's directory has a rootfs.json. */
  readonly rootfs?: boolean;
}

/** The inputs of a target in groups, without the plugin's own code. */
export interface KeyInputs {
  /** The files that define the target: the Containerfile, its ignore files, the rootfs with its lock. */
  readonly definition: readonly Input[];
  readonly sources: readonly Input[];
  /** What the compiler never reads of them, as negative filesets. */
  readonly unread: readonly Input[];
  /** What the ignore file leaves out of them, as negative filesets. */
  readonly ignored: readonly Input[];
  readonly others: readonly Input[];
}

/** What a compile stage reads, besides the plugin's own code. */
export function compileInputs(facts: KeyFacts, compile: CompileReads, place: ComponentPlace): KeyInputs {
  return {
    definition: ownFilesets(place, facts),
    ...fromDisk(groupCompileFilesets(facts, compile)),
    others: [...pinsOf(compile.builder).map(workspaceFileset), ...environment(facts)],
  };
}

/** What an image's own stages read, besides the plugin's own code and its bases. */
export function imageInputs(
  facts: KeyFacts,
  component: Component | undefined,
  place: ComponentPlace,
): KeyInputs {
  return {
    definition: ownFilesets(place, facts),
    ...fromDisk(groupImageFilesets(facts, component, place)),
    others: [
      ...(component?.compile ? [{ dependentTasksOutputFiles: '**/compile.json' }] : []),
      ...environment(facts),
    ],
  };
}

/** The compiler's closure; everything that COPY takes if it is unknown. Negative filesets come last. */
export function compileFilesets(facts: KeyFacts, compile: CompileReads): string[] {
  const { sources, unread, ignored } = groupCompileFilesets(facts, compile);
  return [...sources, ...unread, ...ignored];
}

interface Filesets {
  readonly sources: readonly string[];
  readonly unread: readonly string[];
  readonly ignored: readonly string[];
}

const noFilesets: Filesets = { sources: [], unread: [], ignored: [] };

function groupCompileFilesets(facts: KeyFacts, compile: CompileReads): Filesets {
  const { context, reading } = facts;
  const pins = pinsOf(compile.builder);
  if (reading?.closure) {
    const filesets = toPartFilesets(context, reading.closure.workspace, reading.closure.except);
    if (filesets.length === 0) return noFilesets;
    const unread = filesets.filter((fileset) => fileset.startsWith('!'));
    const sources = filesets.slice(0, filesets.length - unread.length);
    return { sources, unread, ignored: excluded(facts, pins) };
  }
  const sources = toFilesets(context, compile.sources);
  if (sources.length === 0) return noFilesets;
  const rules = parseIgnoreFile(compile.neverRead.join('\n'), 'language');
  const unread = rules.ok ? toExclusions(context, rules.value, mustCount(facts, pins)) : [];
  return { sources, unread, ignored: excluded(facts, pins) };
}

/** Sources of an image's own stages; the whole directory of an unreadable Containerfile. */
function groupImageFilesets(
  facts: KeyFacts,
  component: Component | undefined,
  place: ComponentPlace,
): Filesets {
  const sources = component ? toFilesets(facts.context, component.image) : [`${beside(place)}/**/*`];
  if (sources.length === 0) return noFilesets;
  const locked = !hashesIgnoredFiles() && component?.bases.some(({ reference }) => !isLocal(reference));
  return { sources, unread: [], ignored: excluded(facts, locked ? [imagesLockPath(place.file)] : []) };
}

/** The pin of the builder image, which determines the compiled bytes. */
export function pinsOf(builder: string): string[] {
  const directory = builderDirectory(builder);
  return directory ? [`${directory}/pin.json`] : [];
}

/** The directory of the Containerfile as a prefix of filesets. Not `{projectRoot}`: Nx does not escape it in patterns. */
export function beside({ root, directory }: Pick<ComponentPlace, 'root' | 'directory'>): string {
  if (root === directory && !special.test(root)) return '{projectRoot}';
  return directory === '.' ? '{workspaceRoot}' : workspaceFileset(directory);
}

/** The file from which Nx reads variables for every task. As an input, it lets `affected` notice committed changes. */
const variablesFile = '{workspaceRoot}/.env';

function excluded(facts: KeyFacts, more: readonly string[]): string[] {
  return facts.rules.patterns.length === 0
    ? []
    : toExclusions(facts.context, facts.rules, mustCount(facts, more));
}

/** Paths relative to the context that exclusions must not exclude: own files, pins, the plugin's files. */
function mustCount(facts: KeyFacts, more: readonly string[]): string[] {
  const base = facts.context === '.' ? '' : `${facts.context}/`;
  const own = [...facts.identity.inputs, ...(facts.variables?.length ? [variablesFile] : [])].flatMap(
    (input) => (typeof input === 'string' ? listNamed(input) : []),
  );
  const paths = [
    // Nx before 24 lets an exclusion hide these, too.
    ...(hashesIgnoredFiles() ? listIgnoreFiles(facts.containerfile, facts.context) : listOwnFiles(facts)),
    ...own.map((input) => input.replace('{workspaceRoot}/', '')),
    ...more,
  ];
  return paths.filter((path) => path.startsWith(base)).map((path) => path.slice(base.length));
}

/** `x/{a,b}` as `x/a` and `x/b`; one file for a pattern that takes all below a directory. */
function listNamed(fileset: string): string[] {
  const [, before, names] = /^(.*\/)\{([^{}]*)\}$/.exec(fileset) ?? [];
  return names === undefined
    ? [fileset.replace('**/*', 'x.ts')]
    : names.split(',').map((name) => `${before}${name}`);
}

/** Files that are inputs even if an ignore file excludes them: those beside the Containerfile, and the ignore files. */
function ownFilesets(place: ComponentPlace, { context, rootfs }: KeyFacts): string[] {
  const directory = beside(place);
  return [
    `${directory}/${literalPath(posix.basename(place.file))}`,
    ...(rootfs ? [`${directory}/rootfs.json`, `${directory}/rootfs.lock.json`] : []),
    ...listIgnoreFiles(place.file, context).map(workspaceFileset),
  ];
}

/** The same files as paths of the workspace. */
export function listOwnFiles({
  containerfile,
  context,
  rootfs,
}: Pick<KeyFacts, 'containerfile' | 'context' | 'rootfs'>): string[] {
  const beside = (name: string) => posix.join(posix.dirname(containerfile), name);
  return [
    containerfile,
    ...(rootfs ? ['rootfs.json', 'rootfs.lock.json'].map(beside) : []),
    ...listIgnoreFiles(containerfile, context),
  ];
}

/** COPY also takes files that git ignores, which Nx does not hash: these filesets are read from the disk (Nx 24). */
function fromDisk({ sources, unread, ignored }: Filesets): Omit<KeyInputs, 'definition' | 'others'> {
  const read = (fileset: string): Input => ({ fileset, includeIgnored: true });
  return { sources: sources.map(read), unread: unread.map(read), ignored: ignored.map(read) };
}

function environment({ variables = [] }: KeyFacts): Input[] {
  return variables.length > 0 ? [...variables.map((env) => ({ env })), variablesFile] : [];
}
