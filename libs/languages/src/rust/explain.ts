import type { Explanation } from '../language';

type Cause = readonly [RegExp, (match: RegExpExecArray) => Explanation];

const older = (what: string): Explanation => ({
  code: 'TOOLCHAIN_DIFFERS',
  what,
  remedy:
    'Pin a newer Rust (containerfiles/rust-builder/pin.json), or lock an older version of the crate: `cargo update -p <crate> --precise <version>`.',
});

/** The first entry that matches cargo's output is the cause. */
const causes: readonly Cause[] = [
  [
    /signal: 9, SIGKILL|Killed signal terminated program|rustc-LLVM ERROR: out of memory|memory allocation of \d+ bytes failed|Cannot allocate memory/,
    () => ({
      code: 'COMPILE_FAILED',
      what: 'the compiler was killed, probably because memory ran out',
      remedy: 'Give it more memory, or compile fewer crates at once: ENV CARGO_BUILD_JOBS=1 in the stage.',
    }),
  ],
  [
    /(?:package|crate) `([^`]+)` cannot be built because it requires rustc ([\d.]+)/,
    ([, crate, version]) => older(`${crate} needs Rust ${version} or newer, and an older one is pinned`),
  ],
  [
    /rustc ([\d.]+) is not supported by the following packages?:\s*([\s\S]*?)(?:\n\s*\n|$)/,
    ([, version, list]) =>
      older(
        `Rust ${version} is too old for ${(list ?? '')
          .trim()
          .split(/\s*\n\s*/)
          .join(', ')}`,
      ),
  ],
  [
    /feature `(edition\d+)` is required|this version of Cargo is older than the `(\d+)` edition/,
    ([, feature, edition]) =>
      older(
        `the sources are of edition ${edition ?? feature!.slice(7)}, which the pinned Rust does not support`,
      ),
  ],
  [
    /the cargo feature `([^`]+)` requires a nightly version|(`#!\[feature\]`) may not be used on the stable release channel/,
    ([, feature]) => ({
      code: 'TOOLCHAIN_DIFFERS',
      what: `${feature ? `the cargo feature ${feature}` : '#![feature]'} needs a nightly Rust, but a stable release is pinned`,
      remedy:
        'Remove the feature from the sources, or build the stage with an engine by giving it another name than `compile`.',
    }),
  ],
  [
    /(?:lock file \S+ needs to be updated|cannot update the lock file \S+|cannot create the lock file \S+) (?:but|because) --locked was passed/,
    () => ({
      code: 'DEPENDENCIES_NOT_FETCHED',
      what: 'COPY brings no Cargo.lock, or one that does not match the manifests',
      remedy:
        'Run `cargo update --workspace` and commit Cargo.lock; COPY it, with the Cargo.toml of every member.',
    }),
  ],
  [
    /lock file version `?(\d+)`? (?:requires|was found, but this version of Cargo does not understand)/,
    ([, version]) => older(`Cargo.lock is of version ${version}, which the pinned cargo does not support`),
  ],
  [
    /checksum for `([^`]+)` (?:changed between lock files|could not be calculated)|the listed checksum of `([^`]+)` has changed/,
    ([, locked, file]) => ({
      code: 'DEPENDENCIES_NOT_FETCHED',
      what: `${locked ?? file} does not match its checksum`,
      remedy: 'Run `cargo vendor` again, or undo the changes in the vendored sources or in Cargo.lock.',
    }),
  ],
  [
    /failed to load manifest for (?:workspace member|dependency) `([^`]+)`|failed to read `([^`]*Cargo\.toml)`|can't find (?:library|bin|`[^`]+` bin)[^\n]*/,
    ([text, member, path]) => ({
      code: 'COMPILE_FAILED',
      what: `the tree of the stage lacks sources that a Cargo.toml names: ${path ?? member ?? text}`,
      remedy: 'COPY it too, and check whether an ignore file excludes it.',
    }),
  ],
  [
    /couldn't read `([^`]+)`: No such file|file not found for module `([^`]+)`/,
    ([, path, module]) => ({
      code: 'COMPILE_FAILED',
      what: `the tree of the stage has no ${path ?? `file for the module ${module}`}`,
      remedy: 'COPY it too, and check whether an ignore file excludes it.',
    }),
  ],
  [
    /Could not find (?:directory of OpenSSL installation|openssl)|The pkg-config command could not be (?:found|run)|pkg-config has not been configured|The system library `([^`]+)` required by crate `([^`]+)` was not found/,
    ([text, library, crate]) => ({
      code: 'COMPILE_FAILED',
      what: library
        ? `${crate} needs the system library ${library}`
        : `a crate needs a system library (${/openssl/i.test(text) ? 'OpenSSL' : 'by pkg-config'})`,
      remedy:
        "The builder has no system libraries. Use the crate's feature that builds the library in (`vendored`, `bundled`) or a Rust implementation (rustls), or build the stage with an engine by giving it another name than `compile`.",
    }),
  ],
  [
    /(?:cannot find -l|unable to find library -l|could not find native static library `)([\w.+-]+)/,
    ([, library]) => ({
      code: 'COMPILE_FAILED',
      what: `the linker finds no static library ${library} for every platform`,
      remedy:
        "Use the crate's feature that builds the library in (`vendored`, `bundled`), or build the stage with an engine by giving it another name than `compile`.",
    }),
  ],
  [
    /(cxx|cmake|pkg-config)-of-no-stage/,
    ([, tool]) => ({
      code: 'TOOLCHAIN_MISSING',
      what: `a build script needs ${tool === 'cxx' ? 'a C++ compiler' : tool}, which the pinned builder does not have`,
      remedy:
        "Use the crate's feature that needs none (pure Rust, or C sources that the crate `cc` compiles), or build the stage with an engine by giving it another name than `compile`.",
    }),
  ],
  [
    /linker `([^`]+)` not found|failed to find tool "([^"]+)"|(?:ToolNotFound|is `(cmake|protoc|clang|nasm)` (?:not )?installed)|Could not find `(protoc)`/,
    ([, linker, tool, other, protoc]) => ({
      code: 'TOOLCHAIN_MISSING',
      what: `the builder has no ${linker ?? tool ?? other ?? protoc ?? 'tool that a build script starts'}`,
      remedy:
        'Add it to the builder and its pin, use a crate that does not need it, or build the stage with an engine by giving it another name than `compile`.',
    }),
  ],
  [
    /no matching package named `([^`]+)` found[\s\S]*?(?:offline|location searched: directory source)/,
    ([, crate]) => ({
      code: 'DEPENDENCIES_NOT_FETCHED',
      what: `${crate} is neither fetched nor among the vendored sources`,
      remedy:
        'Run `cargo vendor` again and commit what it wrote, or remove the source replacement from .cargo/config.toml.',
    }),
  ],
  [
    /(?:unable to update|failed to (?:update|read root of) directory source|failed to load source for dependency)[\s\S]*?(?:No such file or directory|os error 2)/i,
    () => ({
      code: 'DEPENDENCIES_NOT_FETCHED',
      what: 'the directory that replaces a registry is not in the tree of the stage',
      remedy: 'COPY the vendored sources, and check whether an ignore file excludes them.',
    }),
  ],
  [
    /registry index was not found in any configuration: `([^`]+)`|no index found for registry: `([^`]+)`/,
    ([, one, other]) => ({
      code: 'DEPENDENCIES_NOT_FETCHED',
      what: `no configuration gives the address of the registry ${one ?? other}`,
      remedy: `Name its index in .cargo/config.toml, [registries.${one ?? other}], and COPY that file.`,
    }),
  ],
  [
    /failed to (?:authenticate|get successful HTTP response)[^\n]*|status(?: code)? (?:401|403)[^\n]*|no token found for `[^`]+`/,
    ([text]) => ({
      code: 'DEPENDENCIES_NOT_FETCHED',
      what: `a registry denies access: ${text.trim()}`,
      remedy:
        'Check the address in .cargo/config.toml. If the registry needs a login, vendor the sources: `cargo vendor`.',
    }),
  ],
  [
    /Could(?:n't| not) (?:resolve host|connect to server)[^\n]*|failed to resolve address[^\n]*|spurious network error[^\n]*|(?:Connection refused|Timeout was reached)[^\n]*/i,
    ([text]) => ({
      code: 'DEPENDENCIES_NOT_FETCHED',
      what: `a registry cannot be reached: ${text.trim()}`,
      remedy:
        'Check the network and the proxy settings, then run the target again; or vendor the sources: `cargo vendor`.',
    }),
  ],
  [
    /attempting to make an HTTP request, but --offline was specified|unable to get packages from source|you may (?:need to|also want to) (?:run without|remove) the --(?:offline|frozen)/,
    () => ({
      code: 'DEPENDENCIES_NOT_FETCHED',
      what: 'a dependency is neither fetched nor vendored',
      remedy: 'Run the target once with a network, or run `cargo vendor` and COPY what it writes.',
    }),
  ],
];

/** The cause of a failed cargo run, from its output. */
export function explainRust(output: string): Explanation | undefined {
  for (const [pattern, explain] of causes) {
    const match = pattern.exec(output);
    if (match) return explain(match);
  }
  return undefined;
}

/** Errors about an unknown name, which a missing file may define. */
const ofNames = new Set(['E0583', 'E0425', 'E0432', 'E0433', 'E0412', 'E0463', 'E0405', 'E0422', 'E0423']);

/** Whether an error of rustc may come from a missing file. Errors of macros and cargo have no code. */
export function mayLackFiles(output: string): boolean {
  const errors = [...output.matchAll(/^error(?:\[(E\d+)\])?: (.*)$/gm)].filter(
    ([, , text]) => !/^(?:could not compile|aborting due to)/.test(text!),
  );
  return errors.length === 0 || errors.some(([, code]) => code === undefined || ofNames.has(code));
}
