import { basename, join } from 'node:path/posix';
import { type Instruction, parseContainerfile } from '@prism-build/containerfile';
import type { Sources } from './program';

/** Settings of an existing Dockerfile that do not depend on how the image is built. */
export interface Existing {
  readonly file: string;
  readonly ports: readonly number[];
  /** WORKDIR of the last stage; `/` if there is none. */
  readonly working: string;
  /** ENV lines, and COPY lines of files that are not part of a program. */
  readonly lines: (context: string) => readonly string[];
  /** Sentences about what is taken over, and what is not. */
  readonly notes: readonly string[];
}

const names = ['Dockerfile', 'dockerfile'];
const ofPrograms =
  /\.(?:go|rs|py|[cm]?[jt]sx?)$|(?:^|\/)(?:go\.(?:mod|sum|work)|Cargo\.(?:toml|lock)|package(?:-lock)?\.json|yarn\.lock|pnpm-lock\.yaml|pyproject\.toml|requirements[^/]*|uv\.lock|poetry\.lock)$/;

/** The Dockerfile of a directory. The new Containerfile beside it replaces it, and takes over what still applies. */
export function readExisting(sources: Sources, directory: string): Existing | undefined {
  const file = names.map((name) => join(directory, name)).find((path) => sources.read(path) !== undefined);
  if (file === undefined) return undefined;
  const parsed = parseContainerfile(sources.read(file)!, file);
  const intro = `${basename(file)} stays as it is; from now on, prism builds the Containerfile beside it.`;
  const stage = parsed.ok ? parsed.value.stages.at(-1) : undefined;
  if (!stage)
    return {
      file,
      ports: [],
      working: '/',
      lines: () => [],
      notes: [`${intro} Nothing is taken over, because it cannot be read.`],
    };
  const found = takeOver(sources, directory, stage.instructions);
  const taken = [
    ...(found.ports.length > 0 ? [`EXPOSE ${found.ports.join(' ')}`] : []),
    ...(found.working === '/' ? [] : [`WORKDIR ${found.working}`]),
    ...found.env,
    ...found.copies.map(({ text }) => text),
  ];
  const left = found.left.map(({ keyword, line }) => `${keyword} (line ${line})`);
  return {
    file,
    ports: found.ports,
    working: found.working,
    lines: (context) => [
      ...found.env,
      ...found.copies.flatMap(({ places, destination, options }) => {
        const inside = places.filter((place) => context === '.' || place.startsWith(`${context}/`));
        if (inside.length === 0) return [];
        const paths = inside.map((place) => (context === '.' ? place : place.slice(context.length + 1)));
        return [`COPY ${[...options, ...paths, destination].join(' ')}`];
      }),
    ],
    notes: [
      intro,
      ...(taken.length > 0 ? [`Taken over from it: ${taken.join('; ')}.`] : []),
      ...(left.length > 0 ? [`Not taken over: ${left.join(', ')}. Add what the program needs.`] : []),
    ],
  };
}

interface Copy {
  readonly text: string;
  readonly places: readonly string[];
  readonly destination: string;
  readonly options: readonly string[];
}

function takeOver(sources: Sources, directory: string, instructions: readonly Instruction[]) {
  const ports: number[] = [];
  const env: string[] = [];
  const copies: Copy[] = [];
  const left: Instruction[] = [];
  let working = '/';
  for (const one of instructions) {
    if (one.keyword === 'EXPOSE' && one.ports.every((port) => /^\d+(\/tcp)?$/.test(port)))
      ports.push(...one.ports.map((port) => Number.parseInt(port, 10)));
    else if (one.keyword === 'WORKDIR' && !one.path.includes('$')) working = join(working, one.path);
    else if (one.keyword === 'ENV' && !/\$|\bPATH=/.test(one.text)) env.push(one.text);
    else if (one.keyword === 'COPY') {
      const copy =
        one.from === undefined && one.heredocs.length === 0
          ? readCopy(sources, directory, one, working)
          : undefined;
      if (copy) copies.push(copy);
      // Programs, copies from other stages and lists of packages: the new file has its own.
    } else if (one.keyword !== 'LABEL' && one.keyword !== 'ARG' && one.keyword !== 'ENTRYPOINT')
      left.push(one);
  }
  return { ports: [...new Set(ports)], env, copies, left, working };
}

function readCopy(
  sources: Sources,
  directory: string,
  { sources: written, destination, chown, chmod, text }: Extract<Instruction, { keyword: 'COPY' }>,
  working: string,
): Copy | undefined {
  if (/\$/.test(destination) || written.some((path) => /[$*?[]/.test(path))) return undefined;
  const places = written.map((path) =>
    [join(directory, path), join(path)]
      .map((one) => one.replace(/\/$/, ''))
      .find((place) => holdsData(sources, place)),
  );
  if (places.some((place) => place === undefined || place === '.' || place === directory)) return undefined;
  return {
    text,
    places: places as string[],
    destination: destination.startsWith('/') ? destination : join(working, destination),
    options: [...(chown ? [`--chown=${chown}`] : []), ...(chmod ? [`--chmod=${chmod}`] : [])],
  };
}

/** Whether a path is a file, or a directory with files, and none of them is a program. */
function holdsData(sources: Sources, place: string): boolean {
  if (sources.read(place) !== undefined) return !ofPrograms.test(place);
  const files = sources.list(place);
  return files.length > 0 && !files.some((file) => ofPrograms.test(file));
}
