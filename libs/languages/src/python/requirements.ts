import { isOneWheel, readMarker, splitLogicalLines } from './requirementLines';

/** The content of a program's lock in pip's format, as far as files alone tell. Lines count from 1. */
export interface RequirementsFile {
  /** Files that `-r` and `-c` name, relative to the directory of this one. */
  readonly includes: readonly Named[];
  /** Directories and pages beside the lock that `--find-links` names. */
  readonly links: readonly Named[];
  /** URLs of package indexes that it names. */
  readonly indexes: readonly string[];
  /** Requirements without `--hash`. */
  readonly unhashed: readonly Named[];
  /** Entries that cannot be honoured. */
  readonly refused: readonly Refusal[];
}

interface Named {
  readonly line: number;
  readonly name: string;
}

interface Refusal {
  readonly line: number;
  readonly what: string;
  readonly remedy: string;
}

type Entry =
  | ({ readonly kind: 'include' | 'link' | 'unhashed' } & Named)
  | { readonly kind: 'index'; readonly url: string }
  | ({ readonly kind: 'refused' } & Refusal);

/** Reads a requirements file; markers are evaluated later, by `packaging` in the interpreter. */
export function readRequirements(text: string): RequirementsFile {
  const entries = splitLogicalLines(text).flatMap(({ line, text: statement }): Entry[] =>
    statement.startsWith('-') ? readOption(statement, line) : readRequirement(statement, line),
  );
  const named = (kind: 'include' | 'link' | 'unhashed') =>
    entries.flatMap((entry) => (entry.kind === kind ? [{ line: entry.line, name: entry.name }] : []));
  return {
    includes: named('include'),
    links: named('link'),
    unhashed: named('unhashed'),
    indexes: entries.flatMap((entry) => (entry.kind === 'index' ? [entry.url] : [])),
    refused: entries.flatMap((entry) => {
      if (entry.kind !== 'refused') return [];
      const { kind: _, ...refusal } = entry;
      return [refusal];
    }),
  };
}

const long: Readonly<Record<string, string>> = {
  '-i': '--index-url',
  '-f': '--find-links',
  '-r': '--requirement',
  '-c': '--constraint',
  '-e': '--editable',
};
/** Options that take effect, or that hold for every lock anyway. */
const honoured = [
  '--no-index',
  '--trusted-host',
  '--only-binary',
  '--pre',
  '--prefer-binary',
  '--require-hashes',
];

function readOption(statement: string, line: number): Entry[] {
  const [, given = '', rest = ''] = /^(--[\w-]+|-[a-z])(.*)$/su.exec(statement) ?? [];
  const option = long[given] ?? given;
  const name = unquote(rest.replace(/^[=\s]/u, '').trim());
  const refuse = (what: string, remedy: string): Entry[] => [{ kind: 'refused', line, what, remedy }];
  if (/\$\{[A-Z0-9_]+\}/u.test(name))
    return refuse(
      `\`${option}\` names a variable`,
      'Remove the line, and set PIP_INDEX_URL or PIP_EXTRA_INDEX_URL where the build runs: they are passed on to pip.',
    );
  if (option === '--index-url' || option === '--extra-index-url') return [{ kind: 'index', url: name }];
  if (option === '--requirement' || option === '--constraint')
    return isAddress(name) || name.startsWith('/')
      ? refuse(`\`${option}\` names a file outside of the sources: ${name}`, 'Put the file beside the lock.')
      : [{ kind: 'include', line, name }];
  if (option === '--find-links') {
    if (isAddress(name) && !name.startsWith('file:')) return [{ kind: 'index', url: name }];
    // pip-compile writes a directory of its machine. pip searches it if it exists; hashes determine what is accepted.
    return name.startsWith('/') || name.startsWith('file:') ? [] : [{ kind: 'link', line, name }];
  }
  if (option === '--editable') return refuse(`\`-e ${name}\` installs sources`, sourcesRemedy);
  if (honoured.includes(option) || (option === '--no-binary' && name === ':none:')) return [];
  if (option === '--no-binary')
    return refuse(
      `\`--no-binary ${name}\` asks for packages to be built from source`,
      'Remove the line, and lock again: only wheels are accepted, because a package built from source is not reproducible.',
    );
  return refuse(`\`${option || statement}\` cannot be honoured`, 'Remove the line.');
}

const sourcesRemedy =
  'Export the lock without it (`uv export --no-emit-workspace`), and name its package after compile-python in RUN.';

function readRequirement(statement: string, line: number): Entry[] {
  const refuse = (what: string, remedy: string): Entry[] => [{ kind: 'refused', line, what, remedy }];
  const at = statement.search(/\s-/u);
  const [requirement, options] =
    at < 0 ? [statement, ''] : [statement.slice(0, at).trim(), statement.slice(at).trim()];
  if (/^(?:\.{0,2}\/|\.{1,2}$|file:)/u.test(requirement))
    return refuse(`${requirement} is a path`, sourcesRemedy);
  if (/^(?:git|hg|svn|bzr)\+|^https?:/u.test(requirement))
    return refuse(
      `${requirement} has no name`,
      'Write `name @ <URL of a wheel>` with its --hash, or a version from an index.',
    );
  const match = /^([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)\s*(?:\[[^\]]*\])?\s*(.*)$/su.exec(requirement);
  if (!match)
    return refuse(`this is not a requirement: ${requirement}`, 'Write `name==version --hash=sha256:…`.');
  const [, name = '', rest = ''] = match;
  const { version, marker } = readMarker(rest);
  const url = /^@\s*(\S+)$/u.exec(version)?.[1];
  if (url !== undefined && !isOneWheel(url))
    return refuse(
      `${name} is not a wheel: ${url}`,
      'Lock a version that an index has as a wheel: a package built from source is not reproducible.',
    );
  if (url === undefined && !/^\(?\s*={2,3}\s*[^\s,;*()]+\s*\)?$/u.test(version))
    return refuse(
      `${name} is not locked to one version${version === '' ? '' : `: ${version}`}`,
      'Write what is needed into requirements.in, and run `npx nx g prism:lock`.',
    );
  const unknowable = /\b(?:platform[._](?:release|version)|extra)\b/u.exec(marker)?.[0];
  if (unknowable !== undefined)
    return refuse(
      `the value of \`${unknowable}\` in the image is unknown`,
      'Remove the requirement, or that part of its marker.',
    );
  const others = options.replaceAll(/--hash(?:=|\s+)sha(?:256|384|512):[0-9a-f]+(?=\s|$)/gu, '').trim();
  if (others !== '') return refuse(`\`${others}\` cannot be honoured`, 'Remove it from the line.');
  return options === '' ? [{ kind: 'unhashed', line, name }] : [];
}

function isAddress(text: string): boolean {
  return /^[a-z][a-z+]*:/iu.test(text);
}

function unquote(text: string): string {
  return /^(["'])(.*)\1$/su.exec(text)?.[2] ?? text;
}
