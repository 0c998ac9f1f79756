import { parentOf } from '@prism-build/containerfile';
import { below, type Collector, entryAt, joinInside, type SourceReader } from '../closure';
import type { Manifest, Product } from './manifest';
import { parseRustFile, type RustFile } from './sourceFile';

/** Entries of a crate that cargo itself reads, or that no compile reads. */
const usual =
  /^(src|tests|benches|examples|target|node_modules|Cargo\.(toml|lock)|.*\.md|LICENSE.*|project\.json|package\.json|\.(git|cargo|github).*|(.*\.)?(Containerfile|Dockerfile).*|\.(container|docker)ignore)$/;
/** Directories and files that macros read by convention. */
const defaults = [
  'templates',
  'migrations',
  'locales',
  '.sqlx',
  'sqlx-data.json',
  'askama.toml',
  'i18n.toml',
];

/** Adds what rustc, the build script and macros read of a crate: `src`, and everything else that the crate refers to. */
export function addCrate(directory: string, manifest: Manifest, reader: SourceReader, out: Collector): void {
  const entries = reader.list(directory);
  const script = scriptOf(directory, manifest, reader);
  const sources = manifest.products.filter(({ kind }) => kind === 'lib' || kind === 'bin');
  const elsewhere = sources.some(({ path }) => path !== undefined && !path.startsWith('src/'));
  if (script || elsewhere) out.add({ kind: 'tree', path: directory });
  else out.add({ kind: 'tree', path: below(directory, 'src') });
  const others = entries.flatMap(({ name, directory: isDirectory }) => {
    const crate = isDirectory && reader.list(below(directory, name)).some((one) => one.name === 'Cargo.toml');
    return usual.test(name) || crate ? [] : [name];
  });
  const scan = new Scan(directory, others, reader, out);
  scan.visit(elsewhere ? directory : below(directory, 'src'));
  for (const name of defaults) if (others.includes(name)) scan.named.add(name);
  for (const name of scan.named) addAny(below(directory, name), reader, out);
}

/** The build script of a crate, relative to it; undefined if it has none. */
export function scriptOf(directory: string, { build }: Manifest, reader: SourceReader): string | undefined {
  if (build !== undefined) return build === false ? undefined : build;
  return reader.list(directory).some(({ name }) => name === 'build.rs') ? 'build.rs' : undefined;
}

/** Files that must exist because a manifest lists them. Cargo reads them only if it builds them. */
export function addPlaceholders(
  directory: string,
  { name, products }: Manifest,
  compiled: boolean,
  out: Collector,
): void {
  const folders = { bin: 'src/bin', example: 'examples', test: 'tests', bench: 'benches', lib: 'src' };
  const unread = products.filter(({ kind }) => !compiled || (kind !== 'lib' && kind !== 'bin'));
  const placeOf = ({ kind, name: product, path }: Product) =>
    path ?? (kind === 'lib' ? 'src/lib.rs' : `${folders[kind]}/${product}.rs`);
  for (const product of unread) {
    const path = joinInside(directory, placeOf(product));
    if (path !== undefined) out.placeholders.add(path);
  }
  const nothing = !products.some(({ kind }) => kind === 'lib' || kind === 'bin');
  if (!compiled && nothing && name !== undefined) out.placeholders.add(below(directory, 'src/lib.rs'));
}

/** Follows the Rust files of a crate and the files that they name. */
class Scan {
  readonly named = new Set<string>();
  private readonly seen = new Set<string>();

  constructor(
    private readonly crate: string,
    private readonly others: readonly string[],
    private readonly reader: SourceReader,
    private readonly out: Collector,
  ) {}

  visit(directory: string): void {
    for (const entry of this.reader.list(directory)) {
      const path = below(directory, entry.name);
      if (!entry.directory) this.visitFile(path);
      else if (entry.name !== 'target') this.visit(path);
    }
  }

  private visitFile(path: string): void {
    if (!path.endsWith('.rs') || this.seen.has(path)) return;
    this.seen.add(path);
    const kind = this.others.length > 0 ? `rust:${this.others.join('|')}` : 'rust';
    const file = this.reader.facts(path, kind, (text) => parseRustFile(text, this.others));
    if (!file) return;
    if (file.unknown) this.out.giveUp(`${path} includes a file whose name only the compiler can say`);
    for (const name of file.named) this.named.add(name);
    this.followIncludes(file, parentOf(path));
    for (const module of file.modules) this.followModule(module, path);
    for (const one of file.outside)
      for (const base of [this.crate, parentOf(path)]) {
        const place = joinInside(base, one);
        if (place !== undefined && isAbove(place, this.crate)) continue;
        if (place !== undefined) addAny(place, this.reader, this.out);
      }
  }

  private followIncludes({ includes, crateIncludes }: RustFile, directory: string): void {
    const places = [
      ...includes.map((path) => joinInside(directory, path)),
      ...crateIncludes.map((path) => joinInside(this.crate, path)),
    ];
    for (const place of places) {
      if (place === undefined) continue;
      this.out.add({ kind: 'file', path: place });
      this.visitFile(place);
    }
  }

  /** For a module in another directory, adds the directory of its submodules. */
  private followModule(module: string, from: string): void {
    const place = joinInside(parentOf(from), module);
    const directory = place === undefined ? undefined : parentOf(place);
    if (directory === undefined) return;
    if (`${directory}/`.startsWith(`${below(this.crate, 'src')}/`)) return;
    if (isAbove(directory, this.crate)) this.out.giveUp(`${from} has a module at ${place}`);
    else {
      this.out.add({ kind: 'tree', path: directory });
      this.visit(directory);
    }
  }
}

const isAbove = (directory: string, path: string): boolean =>
  directory === '' || `${path}/`.startsWith(`${directory}/`);

function addAny(path: string, reader: SourceReader, out: Collector): void {
  const entry = entryAt(path, reader);
  if (entry) out.add({ kind: entry.directory ? 'tree' : 'file', path });
}
