import { join, normalize } from 'node:path/posix';
import { failed, generateFailure, type Result } from '@prism-build/errors';
import { chooseMain } from './choose';
import type { Sources } from './program';
import { followScript, type NodeScript, parseNodeScript } from './script';

const usual = ['index', 'server', 'app', 'main', 'src/index', 'src/server', 'src/app', 'src/main'].flatMap(
  (name) => ['.js', '.mjs', '.cjs'].map((extension) => name + extension),
);

interface Manifest {
  readonly main: string | undefined;
  readonly bin: string | Readonly<Record<string, string>> | undefined;
  readonly scripts: Readonly<Record<string, string>>;
}

interface Candidate extends NodeScript {
  /** The script or entry that names it. */
  readonly name: string;
}

const plain = (file: string): NodeScript => ({
  environment: [],
  options: [],
  file: normalize(file),
  args: [],
});

/**
 * The file that starts a program of Node: what --main names (a script of package.json, or a file), the
 * start script, `main`, the one other script that starts Node, `bin`, a file with a usual name.
 */
export function findNodeMain(
  sources: Sources,
  directory: string,
  { main, bin, scripts }: Manifest,
  asked: string | undefined,
): Result<NodeScript> {
  const at = { file: join(directory, 'package.json') };
  const isThere = (file: string) => sources.read(join(directory, file)) !== undefined;
  const whole = (found: NodeScript | undefined) => {
    if (!found) return undefined;
    const file = [found.file, `${found.file}.js`, join(found.file, 'index.js')].find(isThere);
    return file === undefined ? undefined : { ...found, file: normalize(file) };
  };
  const scriptOf = (name: string) => whole(parseNodeScript(followScript(scripts, name) ?? ''));
  const start = scripts.start;
  const first =
    asked === undefined
      ? (scriptOf('start') ??
        (start === undefined ? whole(main === undefined ? undefined : plain(main)) : undefined))
      : ((asked in scripts ? scriptOf(asked) : undefined) ?? whole(plain(asked)));
  if (first) return { ok: true, value: first };
  if (asked === undefined && start === undefined) {
    const byScript = Object.keys(scripts).flatMap((name): Candidate[] => {
      const found = scriptOf(name);
      return found && !/test|lint|build|watch|dev/.test(name) ? [{ ...found, name }] : [];
    });
    const programs = typeof bin === 'string' ? [bin] : Object.values(bin ?? {});
    const byBin = programs.flatMap((file): Candidate[] => {
      const found = whole(plain(file));
      return found ? [{ ...found, name: found.file }] : [];
    });
    const candidates = byScript.length > 0 ? byScript : byBin;
    const different = new Set(candidates.map(({ name: _, ...one }) => JSON.stringify(one)));
    if (different.size === 1) return { ok: true, value: candidates[0]! };
    if (different.size > 1)
      return chooseMain(candidates, undefined, { where: directory, namesOf: ({ name }) => [name] });
    const file = usual.find(isThere);
    if (file) return { ok: true, value: plain(file) };
  }
  const wanted = normalize(
    asked ?? parseNodeScript(followScript(scripts, 'start') ?? '')?.file ?? main ?? 'index.js',
  );
  return failed(
    generateFailure('PROGRAM_NOT_SUPPORTED', {
      what: `${wanted}, which starts the program, is not among its sources`,
      why: start === undefined ? undefined : `it starts by \`${start}\``,
      remedy:
        'Name a script of package.json, or a file of the sources, with --main. What a bundler or a TypeScript compiler writes has to be built in a stage with RUN: write that Containerfile by hand.',
      at,
    }),
  );
}
