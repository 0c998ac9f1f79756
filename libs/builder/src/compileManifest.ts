import * as fs from 'node:fs';
import { dirname, join } from 'node:path';
import { failed, imageFailure, ok, type Result } from '@prism-build/errors';
import { hashFile } from '@prism-build/oci';
import { bringThenRename, walkDirectory, writeFileAtomic } from '@prism-build/shell';
import * as z from 'zod';

const file = z.strictObject({
  path: z.string().refine((path) => path.split('/').every((part) => !['', '.', '..'].includes(part))),
  mode: z.enum(['0755', '0644']),
  size: z.int().nonnegative(),
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
});

const compileManifest = z.strictObject({
  schemaVersion: z.literal(1),
  platforms: z.array(z.strictObject({ platform: z.string().regex(/^[\w/-]+$/), files: z.array(file) })),
});

/**
 * `compile.json`: path, mode, size and digest of each file that a compile made. Cache keys of images contain only this
 * file, so equal binaries cause no rebuild.
 */
export type CompileManifest = z.infer<typeof compileManifest>;
export type CompiledFile = z.infer<typeof file>;

export const compileManifestName = 'compile.json';

/** `linux/arm/v7` to `linux-arm-v7`, the directory of a platform. */
export function platformDirectory(platform: string): string {
  return platform.replaceAll('/', '-');
}

/**
 * Makes `destination` contain exactly the described trees. Writes files first, each under a temporary name, then the
 * manifest; then removes all files that the manifest does not name. `sources` gives the directory of each platform.
 *
 * @param durable whether the files are synced to disk; if not, a crash of the machine can damage them, which `readOutput` finds
 */
export async function publishOutput(
  destination: string,
  manifest: CompileManifest,
  sources: (platform: string) => string,
  durable = true,
): Promise<void> {
  const wanted = new Set([compileManifestName]);
  const before = digestsBefore(destination);
  const placed: Promise<void>[] = [];
  for (const { platform, files } of manifest.platforms) {
    const source = sources(platform);
    // Two names may link to one file. Moving it for the first name would leave the second without content.
    const bring = hasLinks(source) ? copyTo : moveTo;
    for (const { path, mode, digest } of files) {
      const relative = `${platformDirectory(platform)}/${path}`;
      const target = join(destination, relative);
      wanted.add(relative);
      if (before.get(relative) === digest && digestIfFile(target) === digest) continue;
      clearWay(destination, relative);
      fs.mkdirSync(dirname(target), { recursive: true });
      // Asynchronous, so that all files are synced at the same time.
      placed.push(
        bringThenRename(
          target,
          Number.parseInt(mode, 8),
          (temporary) => bring(join(source, path), temporary),
          durable,
        ),
      );
    }
  }
  await Promise.all(placed);
  const text = `${JSON.stringify(manifest, null, 2)}\n`;
  writeFileAtomic(join(destination, compileManifestName), text);
  removeUnwanted(destination, '', wanted);
}

/**
 * Reads the manifest and verifies every file that it names. Failures: COMPILE_OUTPUT_MISSING without a manifest,
 * COMPILE_OUTPUT_CORRUPT for an unreadable manifest and for each file that is missing or altered.
 */
export function readOutput(directory: string): Result<CompileManifest> {
  const path = join(directory, compileManifestName);
  const manifest = readManifest(directory);
  if (!manifest) {
    const missing = !fs.existsSync(path);
    const code = missing ? 'COMPILE_OUTPUT_MISSING' : 'COMPILE_OUTPUT_CORRUPT';
    return failed(imageFailure(code, { what: `${path} is ${missing ? 'missing' : 'not readable'}` }));
  }
  const wrong = manifest.platforms.flatMap(({ platform, files }) =>
    files
      .map((one) => ({ one, at: join(directory, platformDirectory(platform), one.path) }))
      .filter(({ one, at }) => digestIfFile(at) !== one.digest),
  );
  if (wrong.length === 0) return ok(manifest);
  return failed(
    ...wrong.map(({ at }) => imageFailure('COMPILE_OUTPUT_CORRUPT', { what: `${at} is missing or altered` })),
  );
}

function readManifest(directory: string): CompileManifest | undefined {
  try {
    return compileManifest.parse(JSON.parse(fs.readFileSync(join(directory, compileManifestName), 'utf8')));
  } catch {
    return undefined;
  }
}

/** Removes what prevents writing a file: a directory at its path, or a file in place of a directory above it. */
function clearWay(destination: string, relative: string): void {
  const parts = relative.split('/');
  for (let depth = 1; depth < parts.length; depth++) {
    const parent = join(destination, ...parts.slice(0, depth));
    const stat = fs.lstatSync(parent, { throwIfNoEntry: false });
    if (stat && !stat.isDirectory()) fs.rmSync(parent);
  }
  const there = join(destination, relative);
  const isDirectory = fs.lstatSync(there, { throwIfNoEntry: false })?.isDirectory();
  if (isDirectory) fs.rmSync(there, { recursive: true });
}

function digestIfFile(path: string): string | undefined {
  try {
    return fs.lstatSync(path).isFile() ? hashFile(path).digest : undefined;
  } catch {
    return undefined;
  }
}

/** Digests by the manifest at the destination. Only a hint which files to hash: the files may have been altered. */
function digestsBefore(destination: string): Map<string, string> {
  const files = readManifest(destination)?.platforms.flatMap(({ platform, files }) =>
    files.map(({ path, digest }): [string, string] => [`${platformDirectory(platform)}/${path}`, digest]),
  );
  return new Map(files);
}

/** Moves a file without other hard links, else copies it: edits of the output must not reach the compiler's cache. */
function moveTo(source: string, target: string): void {
  try {
    if (fs.statSync(source).nlink > 1) copyTo(source, target);
    else fs.renameSync(source, target);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    copyTo(source, target);
  }
}

function copyTo(source: string, target: string): void {
  fs.copyFileSync(source, target, fs.constants.COPYFILE_FICLONE);
}

function hasLinks(directory: string): boolean {
  if (!fs.existsSync(directory)) return false;
  for (const { entry } of walkDirectory(directory)) if (entry.isSymbolicLink()) return true;
  return false;
}

function removeUnwanted(directory: string, below: string, wanted: ReadonlySet<string>): void {
  for (const entry of fs.readdirSync(join(directory, below), { withFileTypes: true })) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    const inUse = [...wanted].some((name) => name === path || name.startsWith(`${path}/`));
    if (!inUse) fs.rmSync(join(directory, path), { recursive: true, force: true });
    else if (entry.isDirectory()) removeUnwanted(directory, path, wanted);
  }
}
