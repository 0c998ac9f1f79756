import { failed, ok, type Result, rootfsFailure } from '@prism-build/errors';
import * as z from 'zod';

const relative = z
  .string()
  .regex(/^(?!\/)(?!.*(^|\/)\.\.?(\/|$)).+$/, 'must be a clean path without a leading slash');
const packageName = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9+.-]*(:[a-z0-9-]+)?$/,
    'must be the name of a Debian package, with :architecture at most',
  );
const architecture = z.string().regex(/^[a-z0-9-]+$/, 'must be a Debian architecture, such as amd64');

/** A package, or one for some architectures only. */
const packageEntry = z.union([
  packageName,
  z.strictObject({ name: packageName, architectures: z.array(architecture) }),
]);

/** A download that is not a Debian package. `{architecture}` is replaced by OCI's name of the architecture. */
const archive = z.strictObject({
  module: z.string().optional().describe('A Go module, whose archive the module proxies have.'),
  version: z.string().optional().describe('The version of the module.'),
  url: z.url().optional().describe('Any other archive: tar (plain, gzip, xz, zstd) or zip.'),
  strip: z.int().nonnegative().default(0).describe('Leading directories of its paths to drop.'),
  to: relative.describe('The directory that it goes into.'),
  exclude: z.array(z.string()).default([]).describe('Patterns of an ignore file, below `to`.'),
  executable: z
    .array(z.string())
    .default([])
    .describe('Patterns of files that get mode 0755: module archives know no modes.'),
});

/** The schema of rootfs.json. */
const rootfsSchema = z.strictObject({
  $schema: z.string().optional(),
  suite: z.string().describe('The suite of the distribution; its updates and security suites count too.'),
  architectures: z.array(architecture).min(1).default(['amd64', 'arm64']),
  packages: z
    .array(packageEntry)
    .default([])
    .describe('Packages; what they depend on comes along, what they recommend does not.'),
  without: z
    .array(packageEntry)
    .default([])
    .describe('Packages that count as present: neither they nor what only they need come along.'),
  archives: z.array(archive).default([]),
  exclude: z.array(z.string()).default([]).describe('Patterns of an ignore file for paths to leave out.'),
  links: z.record(relative, z.string()).default({}).describe('Symbolic links to make: path to target.'),
  database: z
    .enum(['status.d', 'dpkg'])
    .default('status.d')
    .describe('What says which packages are there: a file each, for scanners, or what dpkg and apt work on.'),
  cache: z.boolean().default(true).describe("false: too big for Nx's cache."),
});

export type Rootfs = z.infer<typeof rootfsSchema>;
export type RootfsArchive = Rootfs['archives'][number];

/** Parses rootfs.json. ROOTFS_INVALID for each violation. */
export function parseRootfs(text: string, file: string): Result<Rootfs> {
  const invalid = (what: string) => rootfsFailure('ROOTFS_INVALID', { what, at: { file } });
  const json = parseJson(text);
  if (!json.ok) return failed(invalid(json.why));
  const parsed = rootfsSchema.safeParse(json.value);
  if (!parsed.success) {
    return failed(
      ...parsed.error.issues.map(({ path, message }) => invalid(`${path.join('.') || 'it'}: ${message}`)),
    );
  }
  const wrong = parsed.data.archives.filter(
    ({ module, version, url }) => (module === undefined) === (url === undefined) || (module && !version),
  );
  if (wrong.length > 0) {
    return failed(
      ...wrong.map(({ to }) => invalid(`the archive for ${to} needs module and version, or url`)),
    );
  }
  return ok(parsed.data);
}

/** The names in `packages` or `without` that apply to an architecture. */
export function namesFor(entries: Rootfs['packages'], architecture: string): string[] {
  return entries.flatMap((one) => {
    if (typeof one === 'string') return [one];
    return one.architectures.includes(architecture) ? [one.name] : [];
  });
}

/** Text to JSON, an error as a value. */
export function parseJson(text: string): { ok: true; value: unknown } | { ok: false; why: string } {
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (error) {
    return { ok: false, why: error instanceof Error ? error.message : String(error) };
  }
}
