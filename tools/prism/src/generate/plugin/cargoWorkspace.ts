import { failed, generateFailure, ok, type Result } from '@prism-build/errors';
import { parseManifest } from '../component/manifest';
import { hasConflict } from '../shared/goModule';

/** What of the workspace's Cargo.toml a plugin needs. */
export interface CargoWorkspace {
  readonly members: readonly string[];
  /** What members inherit as their version. */
  readonly version: string;
}

const list = /^members = \[([^\]]*)\]/m;
const dirty = (file: string, why: string) =>
  failed(generateFailure('LOCK_DIRTY', { what: 'this file cannot be edited', why, at: { file } }));

/** Reads the root's Cargo.toml; LOCK_DIRTY where it cannot be edited. */
export function readCargoWorkspace(text: string): Result<CargoWorkspace> {
  if (hasConflict(text)) return dirty('Cargo.toml', 'it has the marks of an unfinished merge');
  const manifest = parseManifest(text, 'Cargo.toml');
  if (!manifest.ok) return manifest;
  const { members } = manifest.value.workspace ?? {};
  const shared = manifest.value.workspace?.package as { version?: unknown } | undefined;
  if (!members || !list.test(text) || typeof shared?.version !== 'string')
    return dirty('Cargo.toml', 'it is no workspace with `members = […]` and a version for all packages');
  return ok({ members, version: shared.version });
}

/** Cargo.toml with one more member, in its place; as it was where the member is in it already. */
export function addMember(text: string, { members }: CargoWorkspace, directory: string): string {
  if (members.includes(directory)) return text;
  return text.replace(list, (_, inside: string) => {
    const names = [...members, directory].sort().map((name) => JSON.stringify(name));
    return inside.includes('\n')
      ? `members = [\n${names.map((name) => `    ${name},\n`).join('')}]`
      : `members = [${names.join(', ')}]`;
  });
}

/**
 * Cargo.lock with one more package of the workspace, in its place, as cargo writes it: all that the package needs is
 * locked already, so nothing has to be resolved. LOCK_DIRTY where that is not so.
 */
export function addPackage(
  text: string,
  { name, version, dependencies }: { name: string; version: string; dependencies: readonly string[] },
): Result<string> {
  if (hasConflict(text)) return dirty('Cargo.lock', 'it has the marks of an unfinished merge');
  const [head = '', ...packages] = text.split('[[package]]\n');
  const nameOf = (one: string) => /^name = "(.*)"$/m.exec(one)?.[1] ?? '';
  if (packages.some((one) => nameOf(one) === name)) return ok(text);
  const absent = dependencies.filter(
    (wanted) => packages.filter((one) => nameOf(one) === wanted).length !== 1,
  );
  if (absent.length > 0) return dirty('Cargo.lock', `it does not have exactly one ${absent.join(', ')}`);
  const needs = dependencies.map((one) => ` "${one}",\n`).join('');
  const own = `name = "${name}"\nversion = "${version}"\ndependencies = [\n${needs}]\n`;
  const place = packages.findIndex((one) => nameOf(one) > name);
  const all = packages.toSpliced(place < 0 ? packages.length : place, 0, own);
  return ok(`${head}${all.map((one) => `[[package]]\n${one.trimEnd()}\n`).join('\n')}`);
}
