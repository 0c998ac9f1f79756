import * as fs from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { languageNamed, programFiles } from '@prism-build/languages';
import { imageName } from '@prism-build/workspace';
import type { Sources } from './program';

/** Builders and runtimes of programs, below containerfiles/. */
export type BaseName =
  | 'go-builder'
  | 'rust-builder'
  | 'python-builder'
  | 'python-runtime'
  | 'node-builder'
  | 'node-runtime';

/**
 * The files of bases that the workspace lacks. They become its own components, with the pins and locks of the package. They
 * are made of Debian's packages and need no registry.
 */
export function bringBases(
  sources: Sources,
  prefix: string,
  names: readonly BaseName[],
): Map<string, string> {
  return new Map(
    names
      .filter((name) => !hasBase(sources, name))
      .flatMap((name) => {
        const from = join(shippedDirectory(), name);
        return listFiles(from)
          .filter((file) => relative(from, file) !== 'project.json')
          .flatMap((file): [string, string][] => {
            const path = `containerfiles/${name}/${relative(from, file)}`;
            const text = fs.readFileSync(file, 'utf8');
            if (!path.endsWith('/Containerfile')) return [[path, text]];
            // In this repository, the context of one builder is the workspace; elsewhere it is the builder's directory.
            const own = text
              .replaceAll(`containerfiles/${name}/`, '')
              .replaceAll('libs/languages/src/python/program/', 'program/')
              .replaceAll(/localhost\/prism\/(base-[\w-]+)/g, (_, base: string) => imageName(prefix, base));
            const program = own.includes('COPY program/') ? Object.entries(programFiles) : [];
            return [
              [path, own],
              ...program.map(([file, part]): [string, string] => [
                `containerfiles/${name}/program/${file}`,
                part,
              ]),
            ];
          });
      }),
  );
}

/** Whether a workspace has a base, or at least the pin of a builder. */
function hasBase({ read }: Sources, name: BaseName): boolean {
  return ['Containerfile', 'pin.json'].some((file) => read(`containerfiles/${name}/${file}`) !== undefined);
}

/** The version of the compiler or interpreter that a base of the package has. */
export const shippedVersion = (language: 'go' | 'rust' | 'python'): string =>
  languageNamed(language)!.toolchain.shipped.version;

/** Notes about bases that were added. */
export function noteBases(files: ReadonlyMap<string, string>): string[] {
  const names = [...new Set([...files.keys()].map((path) => path.split('/')[1]!))];
  return names.length === 0
    ? []
    : [
        `containerfiles/ gets ${names.join(', ')}, made of Debian's packages, with pins and locks; commit them.`,
      ];
}

function listFiles(directory: string): string[] {
  return fs
    .readdirSync(directory, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) =>
      entry.isDirectory() ? listFiles(join(directory, entry.name)) : [join(directory, entry.name)],
    );
}

/** `bases` of the package; in this repository the bases themselves. */
function shippedDirectory(directory = __dirname): string {
  const parent = dirname(directory);
  if (fs.existsSync(join(directory, 'generators.json')) || parent === directory) {
    const packed = join(directory, 'bases');
    return fs.existsSync(packed) ? packed : join(directory, '..', '..', 'containerfiles');
  }
  return shippedDirectory(parent);
}
