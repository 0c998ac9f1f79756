import { join } from 'node:path/posix';
import { failed, generateFailure, ok, type Result } from '@prism-build/errors';
import { type Manifest, parseLock, parsePin, readChannel, satisfiesChannel } from '@prism-build/languages';
import { imageName } from '@prism-build/workspace';
import { hasConflict } from '../shared/dirtyLock';
import { bringBases, noteBases } from './bases';
import { copyCrates, findRoot, listCrates } from './cargo';
import { chooseMain } from './choose';
import { readManifest } from './manifest';
import { findPorts, type Listening } from './ports';
import type { Finder, Program, Request, Sources } from './program';
import { copyReads, findReads, noteAbsent } from './reads';

/** Calls that read a path at run time; include_str! reads at compile time. */
const reading =
  /\b(?:fs::(?:read|read_to_string|read_dir|metadata)|File::open|NamedFile::open(?:_async)?|ServeDir::new|ServeFile::new|Tera::new)\(/g;
export const listening: Listening = {
  calls: [{ pattern: /\b(?:bind|serve|run|listen)\(/g, numbers: true }],
  always: [/"(?:0\.0\.0\.0|\[::\]):(\d{2,5})"/g, /\(\[(?:\s*0\s*,){3}\s*0\s*\],\s*(\d{2,5})\)/g],
};
/** Crates that link a system library, which static binaries for two architectures cannot have. */
const systemLibraries = ['openssl-sys', 'libpq-sys', 'mysqlclient-sys', 'alsa-sys', 'dbus'];

/** A program in Rust: a package of Cargo with a binary. */
export const findRust: Finder = (request) => {
  const text = request.sources.read(join(request.directory, 'Cargo.toml'));
  return text === undefined ? undefined : describeRust(request, text);
};

function describeRust(request: Request, text: string): Result<Program> {
  const { sources, directory } = request;
  const manifest = readManifest(text, join(directory, 'Cargo.toml'));
  if (!manifest.ok) return manifest;
  const name = manifest.value.name;
  const at = { file: join(directory, 'Cargo.toml') };
  if (name === undefined) {
    const what = 'this is a workspace of Cargo and no package';
    return failed(
      generateFailure('PROGRAM_NOT_FOUND', { what, remedy: 'Name the directory of a member.', at }),
    );
  }
  const bin = chooseMain(listBinaries(sources, directory, manifest.value), request.main, {
    where: directory,
    namesOf: (one) => [one],
  });
  if (!bin.ok) return bin;
  const root = findRoot(sources, directory);
  if (!root.ok) return root;
  const lock = sources.read(join(root.value, 'Cargo.lock'));
  if (lock === undefined || hasConflict(lock))
    return failed(
      generateFailure('LOCK_DIRTY', {
        what: lock === undefined ? 'there is no Cargo.lock' : 'the lock has the marks of an unfinished merge',
        remedy: 'Run `cargo generate-lockfile`, and commit Cargo.lock.',
        at: { file: join(root.value, 'Cargo.lock') },
      }),
    );
  const builder = chooseBuilder(request, root.value, manifest.value);
  if (!builder.ok) return builder;
  const isOwn = builder.value === imageName(request.prefix, 'base-rust-builder');
  const bases = bringBases(sources, request.prefix, isOwn ? ['rust-builder'] : []);
  const members = listCrates(sources, root.value, directory);
  if (!members.ok) return members;
  const locked = parseLock(lock);
  const linked = systemLibraries.filter((crate) => crate in locked);
  const copied = copyCrates(sources, root.value, members.value);
  const texts = sources
    .list(directory)
    .filter((file) => file.endsWith('.rs') && !file.includes('/tests/'))
    .map((file) => sources.read(file) ?? '');
  const reads = findReads(sources, texts, reading, [directory, root.value, '.']);
  const data = copyReads(reads.found, copied.context, request.working);
  const argv = ['compile-rust', '--package', name, ...(bin.value === name ? [] : ['--bin', bin.value])];
  return ok({
    language: 'Rust',
    context: copied.context,
    stages: [
      `FROM ${builder.value} AS compile`,
      `WORKDIR ${copied.workdir}`,
      ...copied.lines,
      `RUN [${argv.map((one) => JSON.stringify(one)).join(', ')}]`,
    ],
    final: [
      'FROM scratch',
      `COPY --from=compile /out/${bin.value} /${bin.value}`,
      ...data.lines,
      ...(request.working === '/' ? [] : [`WORKDIR ${request.working}`]),
    ],
    entrypoint: [`/${bin.value}`],
    ports: findPorts(texts, listening),
    files: bases,
    notes: [
      ...noteBases(bases),
      ...noteAbsent([...reads.absent, ...data.outside]),
      ...describeToolchain(sources, root.value, builder.value),
      ...linked.map(
        (crate) => `${crate} is in Cargo.lock: if this program needs it, its library has to be built in.`,
      ),
      ...(sources.read(join(directory, 'build.rs')) === undefined
        ? []
        : ['build.rs runs without a network, and sees only what the COPY lines took.']),
    ],
    next: [],
  });
}

function listBinaries(sources: Sources, directory: string, manifest: Manifest): string[] {
  const declared = manifest.products.flatMap(({ kind, name }) =>
    kind === 'bin' && name !== undefined ? [name] : [],
  );
  const files = sources.list(join(directory, 'src'));
  const inferred = files.flatMap((file) => {
    const path = file.slice(join(directory, 'src').length + 1);
    if (path === 'main.rs') return declared.length > 0 ? [] : [manifest.name!];
    const [, single, folder] = /^bin\/(?:([^/]+)\.rs|([^/]+)\/main\.rs)$/.exec(path) ?? [];
    return [single ?? folder].filter((one) => one !== undefined);
  });
  return [...new Set([...declared, ...inferred])].sort();
}

/** Compares rust-toolchain with the compiler of the stage; the build refuses another version. */
function describeToolchain(sources: Sources, root: string, builder: string): string[] {
  const file = ['rust-toolchain', 'rust-toolchain.toml'].map((name) => join(root, name));
  const found = file.find((path) => sources.read(path) !== undefined);
  const channel = found && readChannel(sources.read(found)!);
  if (channel === undefined) return [];
  const pin = sources.read('containerfiles/rust-builder/pin.json');
  const parsed = pin === undefined ? undefined : parsePin(pin, 'pin.json');
  const version = parsed?.ok ? parsed.value.version : /:([\d.]+)$/.exec(builder)?.[1];
  const asks = `${found} asks for Rust ${channel}`;
  if (version === undefined || satisfiesChannel(channel, version))
    return [`${asks}; only ${builder} compiles it.`];
  return [
    `${asks}, and ${builder} is pinned to ${version}: the build refuses that (TOOLCHAIN_DIFFERS) until they are equal.`,
  ];
}

function chooseBuilder({ sources, prefix }: Request, root: string, manifest: Manifest): Result<string> {
  if (sources.read('containerfiles/rust-builder/pin.json') !== undefined)
    return ok(imageName(prefix, 'base-rust-builder'));
  const toolchain =
    sources.read(join(root, 'rust-toolchain.toml')) ?? sources.read(join(root, 'rust-toolchain'));
  const version = [toolchain, manifest.rustVersion]
    .map((text) => /(\d+\.\d+\.\d+)/.exec(text ?? '')?.[1])
    .find((found) => found !== undefined);
  if (version !== undefined) return ok(`rust:${version}`);
  return ok(imageName(prefix, 'base-rust-builder'));
}
