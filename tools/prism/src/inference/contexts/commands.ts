import { posix } from 'node:path';
import type { DeclaredTarget, ProjectFile } from '../declared/projectFile';
import { readSettings } from './settings';
import { resolveBuild, type StatedBuild, type StatedContext } from './stated';

/** Flags of the build commands of Docker, Podman, Buildah and nerdctl that take no value; all others do. */
const alone = new Set(
  'compress disable-compression disable-content-trust force-rm layers load no-cache no-hostname no-hosts no-formats omit-history pull push q quiet rm skip-unused-stages squash squash-all stdin tls-verify'
    .split(' ')
    .map((name) => (name.length === 1 ? `-${name}` : `--${name}`)),
);
const command =
  /\b(?:docker|podman|nerdctl|buildah)\s+(?:(?:buildx|image|builder)\s+)?(?:build|bud)\s+([^;&|\n]+)/g;

const changesDirectory = /(?:^|[;&(])\s*cd\s+("[^"]*"|'[^']*'|[^\s;&|]+)/g;

/** The builds that a command line of a target runs. */
export function readCommand(line: string, name: string): StatedBuild[] {
  return [...line.matchAll(command)].flatMap(({ 1: rest, index }): StatedBuild[] => {
    const before = [...line.slice(0, index).matchAll(changesDirectory)];
    const changes = before.map(([, to]) => to!.replaceAll(/["']/g, ''));
    // Only paths below the workspace can be followed.
    if (changes.some((to) => /[$`~]|^[-/]/.test(to))) return [];
    const directory = changes.length > 0 ? posix.join(...changes) : undefined;
    const words = [...rest!.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, a, b, c]) => a ?? b ?? c ?? '');
    const { contexts, containerfile, flags } = readWords(words);
    const [context] = contexts;
    if (contexts.length !== 1 || context === undefined || context === '-') return [];
    // Without -f, the engines search the context.
    const from = containerfile === undefined ? 'context' : 'directory';
    const of = (flag: string) => flags.flatMap(([one, value]) => (one === flag ? [value] : []));
    const settings = readSettings({
      target: of('--target').at(-1),
      args: of('--build-arg'),
      contexts: of('--build-context'),
      labels: of('--label'),
    });
    return [{ name, context, containerfile, from, directory, settings }];
  });
}

interface Words {
  readonly contexts: readonly string[];
  readonly containerfile: string | undefined;
  readonly flags: readonly (readonly [flag: string, value: string])[];
}

function readWords([word, ...rest]: readonly string[]): Words {
  if (word === undefined) return { contexts: [], containerfile: undefined, flags: [] };
  const [flag, written] = splitFlag(word);
  if (!flag.startsWith('-') || flag === '-') {
    const others = readWords(rest);
    return { ...others, contexts: [flag, ...others.contexts] };
  }
  const takesNext = !alone.has(flag) && written === undefined;
  const others = readWords(takesNext ? rest.slice(1) : rest);
  const named = flag === '-f' || flag === '--file';
  if (named) return { ...others, containerfile: written ?? rest[0] };
  const value = written ?? (takesNext ? rest[0] : undefined);
  return value === undefined ? others : { ...others, flags: [[flag, value], ...others.flags] };
}

function splitFlag(word: string): [string, string | undefined] {
  const equals = word.startsWith('--') ? word.indexOf('=') : -1;
  return equals < 0 ? [word, undefined] : [word.slice(0, equals), word.slice(equals + 1)];
}

/** What the targets of a project say: commands that build, and executors of other plugins with `context` and `file`. */
export function readTargets({ targets }: ProjectFile, root: string, file: string): StatedContext[] {
  const tokens = (text: string) =>
    text.replaceAll('{projectRoot}', root).replaceAll('{workspaceRoot}', '.').replace(/^$/, '.');
  return Object.entries(targets).flatMap(([name, target]): StatedContext[] => {
    const { executor, options = {} } = target;
    const { context, file: named, dockerfile, cwd } = options;
    const what = `target ${name}`;
    if (executor !== undefined && /(container|docker):build$/.test(executor) && typeof context === 'string') {
      const given = [named, dockerfile].find((one) => typeof one === 'string') as string | undefined;
      const containerfile = tokens(given ?? `${root}/Dockerfile`);
      const settings = readSettings({
        target: options.target,
        args: options['build-args'] ?? options.buildArgs,
        contexts: options['build-contexts'],
        labels: options.labels,
      });
      const build = { name: what, context: tokens(context), containerfile, settings };
      return resolveBuild({ ...build, from: 'directory' }, '.', file);
    }
    const scriptRoot = target.script === undefined ? '.' : root;
    const directory = typeof cwd === 'string' ? tokens(cwd) : scriptRoot;
    return commandsOf(target).flatMap((line) =>
      readCommand(tokens(line), what).flatMap((build) => resolveBuild(build, directory, file)),
    );
  });
}

function commandsOf({ command: short, script, options = {} }: DeclaredTarget): string[] {
  const listed = Array.isArray(options.commands) ? (options.commands as unknown[]) : [];
  const texts = listed.map((one) =>
    typeof one === 'object' && one !== null && 'command' in one ? one.command : one,
  );
  return [short, script, options.command, ...texts].filter((one): one is string => typeof one === 'string');
}
