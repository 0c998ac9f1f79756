import { parseMessages, parsePackageId } from './messages';
import { storeZlib } from './storeZlib';

/** The ELF section in which scanners look for the crates of a program (rust-secure-code/cargo-auditable, PARSING.md). */
export const listSection = '.dep-v0';

/**
 * The content of a program's section `.dep-v0`: the packages that are linked into it, by cargo's own record of this
 * compile. That is exact, whereas `cargo metadata` also lists what only other members of a workspace enable. Packages that
 * only ran on the host (macros, build scripts) are not in the program, and not in the list.
 *
 * @param stdout cargo's messages
 * @param directories where cargo puts the units and programs of the program's platform
 */
export function encodeDependencyList(stdout: string, directories: readonly string[]): Uint8Array {
  const linked = parseMessages(stdout).filter(
    ({ reason, filenames = [] }) =>
      reason === 'compiler-artifact' &&
      filenames.some((path) => directories.some((directory) => path.startsWith(`${directory}/`))),
  );
  const roots = new Set(
    linked.flatMap(({ target, package_id: id }) => (target?.kind[0] === 'bin' ? [id] : [])),
  );
  const entries = new Set(linked.map(({ package_id: id = '' }) => printPackage(id, roots.has(id))));
  // The order of the bytes, as `LC_ALL=C sort` of compile-rust has it.
  const sorted = [...entries].sort((a, b) => (a < b ? -1 : 1));
  return storeZlib(Buffer.from(`{"packages":[${sorted.join()}]}`));
}

function printPackage(id: string, root: boolean): string {
  const { name, version, source } = parsePackageId(id);
  return JSON.stringify({ name, version, source: kindOf(source), ...(root && { root }) });
}

/** The words of auditable-serde for a package's source. */
function kindOf(source: string): string {
  if (
    /^(registry|sparse)\+https:\/\/(github\.com\/rust-lang\/crates\.io-index|index\.crates\.io\/?)$/.test(
      source,
    )
  )
    return 'crates.io';
  return (
    { path: 'local', git: 'git', registry: 'registry', sparse: 'registry' }[source.split('+')[0]!] ?? 'local'
  );
}
