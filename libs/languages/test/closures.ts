import type { Language, Reading, SourceReader } from '../src/index';
import { amd64, arm64 } from './support';

/** A tree out of texts by path. */
export function readerOf(files: Readonly<Record<string, string>>): SourceReader {
  const paths = Object.keys(files);
  return {
    facts: (path, _kind, parse) => (files[path] === undefined ? undefined : parse(files[path])),
    list: (directory) => {
      const prefix = directory === '' ? '' : `${directory}/`;
      const names = new Map<string, boolean>();
      for (const path of paths.filter((one) => one.startsWith(prefix))) {
        const [name = '', ...more] = path.slice(prefix.length).split('/');
        names.set(name, more.length > 0);
      }
      return [...names].map(([name, isDirectory]) => ({ name, directory: isDirectory }));
    },
  };
}

/** What a language says of a command in a tree. */
export function read(
  language: Language,
  argv: readonly string[],
  files: Readonly<Record<string, string>>,
  working = '',
): Reading {
  const recognised = language.command.recognise(argv);
  if (!recognised) throw new Error('not recognised');
  return language.sources.reads({ recognised, targets: [amd64, arm64], working }, readerOf(files));
}

/** The parts of a closure, one text each: `a/b` a file, `a/*.go` files, `a/**` a tree. */
export function partsOf(reading: Reading): string[] {
  if (!reading.closure) throw new Error(reading.why);
  return reading.closure.parts
    .map((part) => {
      const path = part.path === '' ? '' : `${part.path}${part.kind === 'file' ? '' : '/'}`;
      return part.kind === 'file' ? path : `${path}${part.kind === 'tree' ? '**' : part.names}`;
    })
    .sort();
}
