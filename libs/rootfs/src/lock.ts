import { failed, ok, type Result, rootfsFailure } from '@prism-build/errors';
import { canonicalJson, type Digest, digestOf, type Json } from '@prism-build/oci';
import * as z from 'zod';
import { namesFor, parseJson, type Rootfs } from './schema';

const digest = z
  .string()
  .regex(/^sha256:[0-9a-f]{64}$/)
  .transform((text) => text as Digest);
const size = z.int().positive();

const lockedPackage = z.strictObject({
  name: z.string(),
  /** Debian's name; `all` for architecture-independent packages. */
  architecture: z.string(),
  version: z.string(),
  /** Relative to a mirror; locks contain no host names. */
  path: z.string().regex(/^pool\//),
  size,
  digest,
});
const lockedArchive = z.strictObject({ name: z.string(), size, digest });

/** The schema of rootfs.lock.json; docs/adr/0005-rootfs-lock.md. */
const lockSchema = z.strictObject({
  schemaVersion: z.literal(1),
  /** Digest of the requests in rootfs.json from which this was resolved. */
  request: digest,
  architectures: z.record(
    z.string(),
    z.strictObject({ packages: z.array(lockedPackage), archives: z.array(lockedArchive) }),
  ),
});

export type RootfsLock = z.infer<typeof lockSchema>;
export type LockedPackage = z.infer<typeof lockedPackage>;
export type LockedArchive = z.infer<typeof lockedArchive>;
export type LockedArchitecture = RootfsLock['architectures'][string];

/** The fields of rootfs.json that determine the lock; exclusions and links do not. */
export function requestDigest(rootfs: Rootfs): Digest {
  const { suite, architectures, archives } = rootfs;
  const wanted = architectures.map((name) => ({
    name,
    packages: namesFor(rootfs.packages, name).sort(),
    without: namesFor(rootfs.without, name).sort(),
  }));
  const named = archives.map(({ module = '', version = '', url = '' }) => ({ module, version, url }));
  const request: Json = { suite, wanted, archives: named };
  return digestOf(Buffer.from(canonicalJson(request)));
}

/** Parses a lock and checks that it was made for this rootfs.json. */
export function parseLock(text: string | undefined, file: string, rootfs: Rootfs): Result<RootfsLock> {
  const at = { file };
  if (text === undefined)
    return failed(rootfsFailure('ROOTFS_LOCK_MISSING', { what: `there is no ${file}`, at }));
  const lock = readLock(text, file);
  if (!lock.ok || lock.value.request === requestDigest(rootfs)) return lock;
  const what = 'rootfs.json asks for other packages or archives than this lock was made for';
  return failed(rootfsFailure('ROOTFS_LOCK_STALE', { what, at }));
}

/** Parses a lock without comparing it with a rootfs.json. */
export function readLock(text: string, file: string): Result<RootfsLock> {
  const json = parseJson(text);
  const parsed = json.ok ? lockSchema.safeParse(json.value) : undefined;
  if (parsed?.success) return ok(parsed.data);
  const why = json.ok
    ? parsed?.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n')
    : json.why;
  return failed(
    rootfsFailure('ROOTFS_LOCK_INVALID', { what: 'this lock cannot be used', why, at: { file } }),
  );
}

/** The lock as text, the same for equal locks: sorted, one package a line, so that a diff shows what changed. */
export function encodeLock(lock: RootfsLock): string {
  const architectures = Object.keys(lock.architectures)
    .sort()
    .map((name) => {
      const { packages, archives } = lock.architectures[name]!;
      return `    ${JSON.stringify(name)}: {
      "packages": ${encodeRows([...packages].sort(byName).map(orderPackage))},
      "archives": ${encodeRows(archives.map(({ name, size, digest }) => ({ name, size, digest })))}
    }`;
    });
  return `{
  "schemaVersion": 1,
  "request": ${JSON.stringify(lock.request)},
  "architectures": {
${architectures.join(',\n')}
  }
}
`;
}

function encodeRows(rows: readonly object[]): string {
  if (rows.length === 0) return '[]';
  return `[\n${rows.map((row) => `        ${JSON.stringify(row)}`).join(',\n')}\n      ]`;
}

function orderPackage({ name, architecture, version, path, size, digest }: LockedPackage): LockedPackage {
  return { name, architecture, version, path, size, digest };
}

function byName(a: LockedPackage, b: LockedPackage): number {
  const [left, right] = [`${a.name}:${a.architecture}`, `${b.name}:${b.architecture}`];
  return left < right ? -1 : Number(left > right);
}
