import { posix } from 'node:path';
import { type IgnoreMatcher, parseIgnoreFile } from '@prism-build/containerfile';
import { imagesLockPath } from '@prism-build/registry';
import { builderDirectory, isLocal, listIgnoreFiles, type StageReading } from '@prism-build/workspace';
import { hashesIgnoredFiles } from '../../nx/nxVersion';
import type { Identity } from '../identity';
import type { Place } from '../places';
import type { CompileReads, Component } from './component';
import { literalPath, special, workspaceFileset } from './fileset';
import { toExclusions, toFilesets, toPartFilesets } from './filesets';

/** An input as Nx has it in `targets.<name>.inputs`. */
export type Input = string | Readonly<Record<string, unknown>>;

/** What decides inputs. */
export interface KeyFacts {
  readonly containerfile: string;
  readonly context: string;
  readonly rules: IgnoreMatcher;
  readonly identity: Identity;
  /** The variables of the environment that build arguments take their values from. */
  readonly variables?: readonly string[];
  /** What the compiler reads, or why that cannot be said; absent: nothing is compiled as a recognised stage. */
  readonly reading?: StageReading | undefined;
  /** Whether a rootfs.json lies beside the Containerfile. */
  readonly rootfs?: boolean;
}

/** What a compile stage reads, besides the plugin's own code. */
export function compileInputs(facts: KeyFacts, compile: CompileReads, place: Place): Input[] {
  return [
    ...ownFilesets(place, facts),
    ...fromDisk(compileFilesets(facts, compile)),
    ...pinsOf(compile).map(workspaceFileset),
    ...environment(facts),
  ];
}

/** What an image's own stages read, besides the plugin's own code and its bases. */
export function imageInputs(facts: KeyFacts, component: Component | undefined, place: Place): Input[] {
  return [
    ...ownFilesets(place, facts),
    ...fromDisk(imageFilesets(facts, component, place)),
    ...(component?.compile ? [{ dependentTasksOutputFiles: '**/compile.json' }] : []),
    ...environment(facts),
  ];
}

/** The compiler's closure, or all that COPY takes where it cannot be said. */
export function compileFilesets(facts: KeyFacts, compile: CompileReads): string[] {
  const { context, reading } = facts;
  const pins = pinsOf(compile);
  if (reading?.closure) {
    const filesets = toPartFilesets(context, reading.closure.workspace, reading.closure.except);
    return filesets.length > 0 ? [...filesets, ...excluded(facts, pins)] : [];
  }
  const filesets = toFilesets(context, compile.sources);
  const unread = parseIgnoreFile(compile.neverRead.join('\n'), 'language');
  const exclusions = unread.ok ? toExclusions(context, unread.value, mustCount(facts, pins)) : [];
  return filesets.length > 0 ? [...filesets, ...excluded(facts, pins), ...exclusions] : [];
}

/** What an image's own stages take; all beside a Containerfile that cannot be read. */
function imageFilesets(facts: KeyFacts, component: Component | undefined, place: Place): string[] {
  const reads = component ? toFilesets(facts.context, component.image) : [`${beside(place)}/**/*`];
  const locked = !hashesIgnoredFiles() && component?.bases.some(({ reference }) => !isLocal(reference));
  return reads.length > 0 ? [...reads, ...excluded(facts, locked ? [imagesLockPath(place.file)] : [])] : [];
}

/** The pins of the images that compile: they decide bytes. */
export function pinsOf({ builder, companions }: Pick<CompileReads, 'builder' | 'companions'>): string[] {
  return [builderDirectory(builder), ...companions].flatMap((directory) =>
    directory ? [`${directory}/pin.json`] : [],
  );
}

/** The directory of the Containerfile as a fileset begins. Nx puts `{projectRoot}` into patterns as it is. */
export function beside({ root, directory }: Pick<Place, 'root' | 'directory'>): string {
  if (root === directory && !special.test(root)) return '{projectRoot}';
  return directory === '.' ? '{workspaceRoot}' : workspaceFileset(directory);
}

/** The file from which Nx takes variables for every task: with it, `affected` sees a change that git knows. */
const variablesFile = '{workspaceRoot}/.env';

function excluded(facts: KeyFacts, more: readonly string[]): string[] {
  return facts.rules.patterns.length === 0
    ? []
    : toExclusions(facts.context, facts.rules, mustCount(facts, more));
}

/** Paths, relative to the context, that no exclusion may hide: own files, pins, the plugin's own files. */
function mustCount(facts: KeyFacts, more: readonly string[]): string[] {
  const base = facts.context === '.' ? '' : `${facts.context}/`;
  const own = [...facts.identity.inputs, ...(facts.variables?.length ? [variablesFile] : [])].flatMap(
    (input) => (typeof input === 'string' ? [input.replace('**/*', 'x.ts')] : []),
  );
  const paths = [
    // Nx before 24 lets an exclusion hide these, too.
    ...(hashesIgnoredFiles() ? listIgnoreFiles(facts.containerfile, facts.context) : listOwnFiles(facts)),
    ...own.map((input) => input.replace('{workspaceRoot}/', '')),
    ...more,
  ];
  return paths.filter((path) => path.startsWith(base)).map((path) => path.slice(base.length));
}

/** Files that count whatever an ignore file says: those beside the Containerfile, and the ignore files. */
function ownFilesets(place: Place, { context, rootfs }: KeyFacts): string[] {
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

/** COPY takes what git ignores too, and Nx would not hash it: these filesets are read from the disk (Nx 24). */
function fromDisk(filesets: readonly string[]): Input[] {
  return filesets.map((fileset) => ({ fileset, includeIgnored: true }));
}

function environment({ variables = [] }: KeyFacts): Input[] {
  return variables.length > 0 ? [...variables.map((env) => ({ env })), variablesFile] : [];
}
