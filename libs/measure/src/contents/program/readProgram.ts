import { inflateSync } from 'node:zlib';
import { readBuildInfo, versionOf } from './buildInfo';
import { goPackageOf } from './goPackage';
import { readGoTable } from './goTable';
import { readSections, type Section } from './sections';

/** A package in a program, with the bytes that are only its own. */
interface ProgramPackage {
  readonly kind: 'go';
  readonly name: string;
  readonly version: string | undefined;
  readonly size: number;
}

/** What an ELF file tells about what fills it. */
export interface ProgramContents {
  readonly packages: readonly ProgramPackage[];
  /** Why the rest cannot be assigned; undefined for a program of which nothing is expected. */
  readonly why: string | undefined;
  /** Packages in the rest whose sizes are not known. */
  readonly names: readonly string[];
}

const NOTHING: ProgramContents = { packages: [], why: undefined, names: [] };

/**
 * What fills a program, as far as it tells: Go's table of functions survives stripping; Rust names its crates, without
 * sizes, if cargo-auditable added the list `.dep-v0`.
 */
export function readProgram(file: Buffer): ProgramContents {
  const sections = readSections(file);
  if (!sections) return NOTHING;
  const find = (name: string) => sections.find((section) => section.name === name)?.bytes;
  const crates = find('.dep-v0');
  if (crates) return readRust(crates);
  return find('.go.buildinfo') ? readGo(sections, find, file.length) : NOTHING;
}

function readGo(
  sections: readonly Section[],
  find: (name: string) => Section['bytes'] | undefined,
  length: number,
): ProgramContents {
  const info = readBuildInfo(find('.go.buildinfo')!);
  const table = sections.find(({ name }) => name.endsWith('.gopclntab'))?.bytes;
  const functions = table && readGoTable(table);
  if (!functions) return { ...NOTHING, why: 'the table of functions of this version of Go cannot be read' };
  const sizes = new Map<string, number>();
  for (const { name, code, tables } of functions) {
    const owner = goPackageOf(name);
    if (owner !== undefined) sizes.set(owner, (sizes.get(owner) ?? 0) + code + tables);
  }
  const packages = [...sizes].map(([name, size]) => ({
    ...({ kind: 'go', name, size } as const),
    version: info && versionOf(info, name),
  }));
  const sum = packages.reduce((all, { size }) => all + size, 0);
  if (sum > length) return { ...NOTHING, why: 'its table of functions is damaged' };
  return { packages, why: 'data, types and tables of Go that belong to no single package', names: [] };
}

/** The list of cargo-auditable: zlib, then JSON. */
function readRust(list: Buffer): ProgramContents {
  const why = 'a stripped program of Rust names its crates without sizes';
  try {
    const { packages } = JSON.parse(inflateSync(list, { maxOutputLength: 1 << 24 }).toString('utf8')) as {
      packages: { name: string; version: string; kind?: string }[];
    };
    const names = packages.flatMap(({ name, version, kind }) =>
      kind === 'build' ? [] : [`${name} ${version}`],
    );
    return { ...NOTHING, why, names: names.sort() };
  } catch {
    return { ...NOTHING, why: 'its list of crates cannot be read' };
  }
}
