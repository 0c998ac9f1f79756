import { rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { writeTree } from '@prism-build/assemble';
import { formatPlatform } from '@prism-build/containerfile';
import { ok, type Result } from '@prism-build/errors';
import { attempt } from '@prism-build/shell';
import { platformDirectory } from './compileManifest';
import { readRequest } from './request';
import { openRootfs, withRootfs } from './rootfs';
import type { StepInput, StepReport } from './step';

/**
 * Writes the rootfs of a base as one directory for each platform, dist/rootfs/<project>/<os>-<arch>, for use with plain
 * `podman build --build-context rootfs=<directory>`.
 */
export async function rootfsStep(input: StepInput): Promise<Result<StepReport>> {
  const { directories, options, project } = input;
  const request = readRequest(directories.root, options);
  if (!request.ok) return request;
  const source = await openRootfs(input, options);
  if (!source.ok) return source;
  const lines: string[] = [];
  for (const platform of request.value.platforms) {
    const name = formatPlatform(platform);
    const directory = join(directories.root, 'dist', 'rootfs', project, platformDirectory(name));
    lines.push(`  ${name.padEnd(14)} ${relative(directories.root, directory)}\n`);
    if (options.dryRun) continue;
    const written = await withRootfs(source.value, platform, (tree) =>
      attempt(`cannot write ${directory}`, () => {
        rmSync(directory, { recursive: true, force: true });
        return writeTree(tree ?? new Map(), directory);
      }),
    );
    if (!written.ok) return written;
  }
  return ok({ text: lines.join('') });
}
