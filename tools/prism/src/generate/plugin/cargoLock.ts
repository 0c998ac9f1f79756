import { failed, ok, type Result } from '@prism-build/errors';
import { readToml } from '@prism-build/languages';
import { compare } from 'semver';
import * as z from 'zod';
import { dirtyLock, refuseHalfMerged } from '../shared/dirtyLock';

const packageSchema = z.strictObject({
  name: z.string(),
  version: z.string(),
  source: z.string().optional(),
  checksum: z.string().optional(),
  dependencies: z.array(z.string()).default([]),
});
const lockSchema = z.looseObject({ package: z.array(packageSchema).default([]) });

interface Package extends Omit<z.infer<typeof packageSchema>, 'dependencies'> {
  /** Resolved packages, not names: the name that cargo writes depends on the other packages. */
  needs: readonly Package[];
}

interface Lock {
  readonly packages: readonly Package[];
  /** The text before and after the packages. */
  readonly around: readonly [string, string];
}

/** A package of the workspace, with the names of its dependencies. */
export interface Member {
  readonly name: string;
  readonly version: string;
  readonly dependencies: readonly string[];
}

const file = 'Cargo.lock';
const dirty = (why: string, remedy?: string) => failed(dirtyLock(file, 'edited', why, remedy));

/**
 * Cargo.lock with an additional package of the workspace, as cargo would write it. Its dependencies are locked already, or
 * come from `more`, a complete lock. If the workspace has a compatible version of a package, that one is kept. Failure:
 * LOCK_DIRTY, if a version is ambiguous.
 */
export function addPackage(text: string, member: Member, more = ''): Result<string> {
  const lock = parseLock(text);
  if (!lock.ok) return lock;
  if (lock.value.packages.some(({ name }) => name === member.name)) return ok(text);
  const offered = parseLock(more);
  if (!offered.ok) return offered;
  const merge = new Merge(lock.value.packages);
  const needs = member.dependencies.flatMap((wanted) => {
    const [one, ...others] = named(offered.value.packages, wanted);
    return one && others.length === 0 ? merge.take(one) : merge.find(wanted);
  });
  if (merge.absent.length > 0) return dirty(`it does not have exactly one ${merge.absent.join(', ')}`);
  if (merge.older.length > 0)
    return dirty(
      merge.older
        .map(({ has, wants }) => `it has ${has.name} ${has.version}, older than ${wants}`)
        .join('; '),
      `Run \`cargo update ${merge.older.map(({ has }) => `${has.name}@${has.version}`).join(' ')}\`, and commit it.`,
    );
  const { name, version } = member;
  return ok(encodeLock([...merge.packages, { name, version, needs }], lock.value.around));
}

const named = (packages: readonly Package[], wanted: string) =>
  packages.filter(({ name }) => name === wanted);

/** The workspace's packages, and those added from another lock. */
class Merge {
  readonly packages: Package[];
  readonly absent: string[] = [];
  readonly older: { has: Package; wants: string }[] = [];

  constructor(packages: readonly Package[]) {
    this.packages = [...packages];
  }

  /** The only package of that name. */
  find(wanted: string): Package[] {
    const found = named(this.packages, wanted);
    if (found.length !== 1) this.absent.push(wanted);
    return found;
  }

  /** A compatible package of the workspace, else this one with its dependencies. */
  take(offered: Package): Package {
    const similar = named(this.packages, offered.name)
      .filter((one) => one.source === offered.source && isCompatible(one.version, offered.version))
      .sort((a, b) => compare(b.version, a.version));
    const same = similar.find(({ version }) => version === offered.version) ?? similar[0];
    if (same && compare(same.version, offered.version) < 0)
      this.older.push({ has: same, wants: offered.version });
    if (same) return same;
    const added: Package = { ...offered, needs: [] };
    this.packages.push(added);
    added.needs = offered.needs.map((need) => this.take(need));
    return added;
  }
}

/** Cargo's meaning of `"1.2.3"` in a manifest: compatible versions have the same first non-zero number. */
function isCompatible(a: string, b: string): boolean {
  const numbers = (version: string) => version.split(/[-+]/)[0]!.split('.');
  const [left, right] = [numbers(a), numbers(b)];
  const first = right.findIndex((number) => number !== '0');
  return right.slice(0, first < 0 ? right.length : first + 1).every((number, at) => left[at] === number);
}

function parseLock(text: string): Result<Lock> {
  const halfMerged = refuseHalfMerged('edited', { file, text });
  if (halfMerged) return halfMerged;
  const toml = readToml(text);
  if (!toml.ok) return dirty(toml.why);
  // Strict, because the packages are written again.
  const parsed = lockSchema.safeParse(toml.table);
  if (!parsed.success) {
    const [{ path, message }] = parsed.error.issues as [z.core.$ZodIssue];
    return dirty(`${path.join('.')}: ${message}`);
  }
  const read = parsed.data.package;
  const packages: Package[] = read.map(({ dependencies, ...one }) => ({ ...one, needs: [] }));
  for (const [index, { dependencies }] of read.entries()) {
    const needs = dependencies.map((reference) => ({ reference, found: resolve(packages, reference) }));
    const lost = needs.filter(({ found }) => found === undefined).map(({ reference }) => reference);
    if (lost.length > 0)
      return dirty(`${packages[index]!.name} needs ${lost.join(', ')}, which it does not have`);
    packages[index]!.needs = needs.map(({ found }) => found!);
  }
  const [start, end] = [text.indexOf('[[package]]'), /^\[(?!\[package\]\])/m.exec(text)?.index];
  if (start < 0) return ok({ packages, around: [text, ''] });
  return ok({ packages, around: [text.slice(0, start), end === undefined ? '' : `\n${text.slice(end)}`] });
}

/** A reference is a name, with a version and a source only if the name is ambiguous. */
function resolve(packages: readonly Package[], reference: string): Package | undefined {
  const [name = '', version, source] = reference.split(' ');
  return named(packages, name).find(
    (one) =>
      (version === undefined || one.version === version) &&
      (source === undefined || `(${one.source})` === source),
  );
}

function encodeLock(packages: readonly Package[], [head, tail]: Lock['around']): string {
  const order = (a: Package, b: Package) =>
    a.name === b.name ? compare(a.version, b.version) : a.name < b.name ? -1 : 1;
  const refer = ({ name, version, source }: Package) => {
    const others = named(packages, name);
    if (others.length === 1) return name;
    const alone = others.filter((one) => one.version === version).length === 1;
    return alone || source === undefined ? `${name} ${version}` : `${name} ${version} (${source})`;
  };
  const encode = ({ name, version, source, checksum, needs }: Package) => {
    const fields = Object.entries({ name, version, source, checksum }).filter(
      ([, text]) => text !== undefined,
    );
    const lines = fields.map(([field, text]) => `${field} = "${text}"\n`);
    const list = [...needs].sort(order).map((need) => ` "${refer(need)}",\n`);
    if (list.length > 0) lines.push(`dependencies = [\n${list.join('')}]\n`);
    return `[[package]]\n${lines.join('')}`;
  };
  return `${head}${[...packages].sort(order).map(encode).join('\n')}${tail}`;
}
