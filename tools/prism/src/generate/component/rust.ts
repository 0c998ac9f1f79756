import { basename, dirname, join, normalize } from 'node:path/posix';
import { failed, generateFailure, ok, type Result } from '@prism-build/errors';
import { imageName } from '../../workspace/naming';
import { chooseMain } from './choose';
import { type Manifest, parseManifest } from './manifest';
import { type Finder, findPorts, type Program, type Request, type Sources } from './program';

const portPatterns = [
  /"(?:0\.0\.0\.0|127\.0\.0\.1|localhost|\[::1?\])?:(\d{2,5})"/g,
  /\(\[(?:\s*\d+\s*,){3}\s*\d+\s*\],\s*(\d{2,5})\)/g,
];
/** Crates that look for a library of the system, which a static binary for two architectures does not have. */
const systemLibraries = ['openssl-sys', 'libpq-sys', 'mysqlclient-sys', 'alsa-sys', 'dbus'];

/** A program in Rust: a package of Cargo with a binary. */
export const findRust: Finder = (request) => {
  const text = request.sources.read(join(request.directory, 'Cargo.toml'));
  return text === undefined ? undefined : describeRust(request, text);
};

function describeRust(request: Request, text: string): Result<Program> {
  const { sources, directory } = request;
  const manifest = parseManifest(text, join(directory, 'Cargo.toml'));
  if (!manifest.ok) return manifest;
  const name = manifest.value.package?.name;
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
  if (lock === undefined || /^(<{7}|>{7}) /m.test(lock))
    return failed(
      generateFailure('LOCK_DIRTY', {
        what: lock === undefined ? 'there is no Cargo.lock' : 'the lock has the marks of an unfinished merge',
        remedy: 'Run `cargo generate-lockfile`, and commit Cargo.lock.',
        at: { file: join(root.value, 'Cargo.lock') },
      }),
    );
  const builder = chooseBuilder(request, root.value, manifest.value);
  if (!builder.ok) return builder;
  const members = listCrates(sources, root.value, directory);
  if (!members.ok) return members;
  const locked = [...lock.matchAll(/^name = "(.+)"$/gm)].map(([, crate]) => crate!);
  const linked = systemLibraries.filter((crate) => locked.includes(crate));
  const widened = members.value.some((member) => !isBelow(member, root.value));
  const context = widened ? '.' : root.value;
  const inContext = (path: string) => (context === '.' ? path : path.slice(context.length + 1));
  const workdir = widened && root.value !== '.' ? `/src/${root.value}` : '/src';
  const alone =
    !widened && members.value.length === 1 && members.value[0] === root.value && root.value !== '.';
  const lists = ['Cargo.toml', 'Cargo.lock', 'rust-toolchain.toml', '.cargo/config.toml']
    .map((file) => join(root.value, file))
    .filter((file) => sources.read(file) !== undefined);
  const copies = members.value
    .filter((member) => member !== root.value)
    .map((member) => `COPY ${inContext(member)} /src/${inContext(member)}`);
  const own = ['src', 'build.rs'].filter((part) =>
    sources
      .list(root.value)
      .some((file) => file === join(root.value, part) || file.startsWith(join(root.value, part, '/'))),
  );
  const rootHasPackage = members.value.includes(root.value);
  const lines = alone
    ? ['COPY . .']
    : [
        ...lists.map((file) => `COPY ${inContext(file)} ${join('/src', inContext(file))}`),
        ...(rootHasPackage
          ? own.map(
              (part) =>
                `COPY ${inContext(join(root.value, part))} ${join('/src', inContext(join(root.value, part)))}`,
            )
          : []),
        ...copies,
      ];
  const argv = ['compile-rust', '--package', name, ...(bin.value === name ? [] : ['--bin', bin.value])];
  return ok({
    language: 'Rust',
    context,
    stages: [
      `FROM ${builder.value} AS compile`,
      `WORKDIR ${workdir}`,
      ...lines,
      `RUN [${argv.map((one) => JSON.stringify(one)).join(', ')}]`,
    ],
    final: ['FROM scratch', `COPY --from=compile /out/${bin.value} /${bin.value}`],
    entrypoint: [`/${bin.value}`],
    ports: findPorts(
      sources
        .list(directory)
        .filter((file) => file.endsWith('.rs') && !file.includes('/tests/'))
        .map((file) => sources.read(file) ?? ''),
      portPatterns,
    ),
    files: new Map(),
    notes: [
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
  const declared = (manifest.bin ?? []).flatMap(({ name }) => (name === undefined ? [] : [name]));
  const files = sources.list(join(directory, 'src'));
  const inferred = files.flatMap((file) => {
    const path = file.slice(join(directory, 'src').length + 1);
    if (path === 'main.rs') return declared.length > 0 ? [] : [manifest.package!.name!];
    const [, single, folder] = /^bin\/(?:([^/]+)\.rs|([^/]+)\/main\.rs)$/.exec(path) ?? [];
    return [single ?? folder].filter((one) => one !== undefined);
  });
  return [...new Set([...declared, ...inferred])].sort();
}

/** Where Cargo.lock is: the workspace that the package is a member of, or the package itself. */
function findRoot(sources: Sources, directory: string): Result<string> {
  for (let at = directory; ; at = dirname(at)) {
    const text = sources.read(join(at, 'Cargo.toml'));
    const manifest = text === undefined ? undefined : parseManifest(text, join(at, 'Cargo.toml'));
    if (manifest && !manifest.ok) return manifest;
    const workspace = manifest?.ok ? manifest.value.workspace : undefined;
    if (workspace && (at === directory || listMembers(sources, at, workspace).includes(directory)))
      return ok(at);
    if (at === '.') return ok(directory);
  }
}

function listMembers(
  sources: Sources,
  root: string,
  workspace: NonNullable<Manifest['workspace']>,
): string[] {
  const excluded = (workspace.exclude ?? []).map((path) => join(root, path));
  return (workspace.members ?? [])
    .flatMap((member) => {
      const path = join(root, member).replace(/\/$/, '');
      if (!path.endsWith('/*')) return [path];
      const parent = dirname(path);
      return sources
        .list(parent)
        .filter((file) => basename(file) === 'Cargo.toml' && dirname(dirname(file)) === parent)
        .map((file) => dirname(file));
    })
    .filter((member) => !excluded.includes(member));
}

/** Cargo reads the manifest of every member, and of all that their paths lead to: all of them are copied. */
function listCrates(sources: Sources, root: string, directory: string): Result<string[]> {
  const crates = new Set<string>();
  const queue = [root, directory];
  for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
    if (crates.has(at)) continue;
    const file = join(at, 'Cargo.toml');
    const text = sources.read(file);
    if (text === undefined)
      return failed(
        generateFailure('PROGRAM_NOT_SUPPORTED', {
          what: `${at} is no crate of this workspace`,
          remedy: 'Bring it into the workspace, or take the path out of the manifest that names it.',
          at: { file },
        }),
      );
    const manifest = parseManifest(text, file);
    if (!manifest.ok) return manifest;
    crates.add(at);
    if (manifest.value.workspace) queue.push(...listMembers(sources, at, manifest.value.workspace));
    queue.push(...manifest.value.paths.map((path) => normalize(join(at, path)).replace(/\/$/, '')));
  }
  const own = parseManifest(sources.read(join(root, 'Cargo.toml'))!, join(root, 'Cargo.toml'));
  if (own.ok && own.value.package === undefined) crates.delete(root);
  return ok([...crates].sort());
}

function chooseBuilder(
  { sources, prefix, directory }: Request,
  root: string,
  manifest: Manifest,
): Result<string> {
  if (sources.read('containerfiles/rust-builder/pin.json') !== undefined)
    return ok(imageName(prefix, 'base-rust-builder'));
  const toolchain =
    sources.read(join(root, 'rust-toolchain.toml')) ?? sources.read(join(root, 'rust-toolchain'));
  const version = [toolchain, manifest.package?.['rust-version']]
    .map((text) => /(\d+\.\d+\.\d+)/.exec(String(text ?? ''))?.[1])
    .find((found) => found !== undefined);
  if (version !== undefined) return ok(`rust:${version}`);
  return failed(
    generateFailure('PROGRAM_NOT_SUPPORTED', {
      what: 'nothing says which compiler makes this program',
      remedy: 'Name an exact version in rust-toolchain.toml: channel = "1.94.0".',
      at: { file: join(directory, 'Cargo.toml') },
    }),
  );
}

const isBelow = (path: string, root: string) => root === '.' || path === root || path.startsWith(`${root}/`);
