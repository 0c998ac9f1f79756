import type { Bom } from '../cycloneDx';
import { type Listed, readPackageLists } from './packageLists';
import type { Digests, ImageFiles } from './readFiles';

/** A program that no recognised package explains. */
export interface UnlistedProgram {
  /** Relative to the image's root. */
  readonly path: string;
  readonly sha256: string;
}

/**
 * The ELF programs and shared objects of an image about which its inventory says nothing: a scan cannot assess them. A
 * program is explained
 * - if the scanner read a list of modules or crates in the program itself (Go, Rust with `.dep-v0`);
 * - if a recognised package of Debian, Alpine or Python lists it with its digest, so that it is unaltered;
 * - if it is inside the directory of a recognised npm package: npm keeps no lists of files.
 */
export function listUnlisted(bom: Bom, files: ImageFiles): UnlistedProgram[] {
  const recognised = readRecognised(bom);
  const lists = readPackageLists(files);
  const isExplained = ({ path, digests }: Program) =>
    recognised.programs.has(path) ||
    (lists.get(path) ?? []).some(
      (listed) => recognised.packages.has(listed.package) && isUnaltered(listed, digests),
    ) ||
    recognised.directories.some((directory) => path.startsWith(`${directory}/`));
  const programs = listPrograms(files);
  // Hard links and copies of an explained program are the same program.
  const explained = new Set(programs.filter(isExplained).map(({ digests }) => digests.sha256));
  return programs
    .filter(({ digests }) => !explained.has(digests.sha256))
    .map(({ path, digests }) => ({ path, sha256: digests.sha256 }));
}

interface Program {
  readonly path: string;
  readonly digests: Digests;
}

function listPrograms({ tree, programs }: ImageFiles): Program[] {
  return [...tree].flatMap(([path, node]) => {
    const name = node.type === 'file' && node.content.kind === 'file' ? node.content.path : '';
    const digests = programs.get(name);
    return digests ? [{ path, digests }] : [];
  });
}

function isUnaltered({ digest }: Listed, digests: Digests): boolean {
  return digest === undefined || digests[digest.kind] === digest.hex;
}

interface Recognised {
  /** Programs in which the scanner found a list. */
  readonly programs: ReadonlySet<string>;
  /** As in `Listed`. */
  readonly packages: ReadonlySet<string>;
  /** Directories of npm packages. */
  readonly directories: readonly string[];
}

/** Trivy's properties of components. */
const [FILE_PATH, TYPE] = ['aquasecurity:trivy:FilePath', 'aquasecurity:trivy:Type'];

function readRecognised({ components = [] }: Bom): Recognised {
  const programs: string[] = [];
  const packages: string[] = [];
  const directories: string[] = [];
  for (const { type, name, purl = '', properties = [] } of components) {
    const property = (key: string) => properties.find((one) => one.name === key)?.value ?? '';
    const [, kind = ''] = /^pkg:([a-z]+)\//.exec(purl) ?? [];
    const directory = /^(.+)\/[^/]+$/.exec(property(FILE_PATH))?.[1];
    if (type === 'application' && /^(gobinary|rustbinary)$/.test(property(TYPE))) programs.push(name);
    else if (kind === 'deb' || kind === 'apk') packages.push(`${kind} ${name}`);
    else if (kind === 'pypi' && directory !== undefined) packages.push(`pypi ${directory}`);
    else if (kind === 'npm' && directory !== undefined) directories.push(directory);
  }
  return { programs: new Set(programs), packages: new Set(packages), directories };
}
