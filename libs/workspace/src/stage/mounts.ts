import { hasGlob, parentOf } from '@prism-build/containerfile';
import type { CopyStep } from '@prism-build/plan';
import { expandSource } from './expandSource';
import type { Files } from './files';
import { inContext, joined } from './paths';

/** A file or directory of the workspace (`path`) and its path in the stage. Both are relative and clean; '' is the root. */
export interface Mount {
  readonly stage: string;
  readonly path: string;
  readonly file: boolean;
}

/** The mounts that a stage's COPY lines make, or the reason why they cannot be determined without copying. */
export function mountCopies(copies: readonly CopyStep[], context: string, files: Files): Mount[] | string {
  const mounts: Mount[] = [];
  for (const { from, sources, destination, parents, exclude, line } of copies) {
    if (from.kind !== 'context' || parents || exclude.length > 0)
      return `line ${line} uses --from, --parents, --exclude or a heredoc`;
    const items: string[] = [];
    for (const source of sources) {
      const above = parentOf(source);
      if (hasGlob(above) || source.includes('\\'))
        return `line ${line} has wildcards in the middle of a path`;
      items.push(...expandSource(context, source, files).map((path) => inContext(context, path)));
    }
    const place = destination.replace(/^\/|\/$/g, '');
    const isDirectory =
      destination.endsWith('/') ||
      sources.length > 1 ||
      items.length > 1 ||
      holdsDirectory(mounts, place, files);
    for (const path of items) {
      const kind = files.kindOf(path);
      if (kind === 'link') return `line ${line} copies ${path}, which is a symbolic link or below one`;
      const name = path.slice(path.lastIndexOf('/') + 1);
      if (kind === 'directory') mounts.push({ stage: place, path, file: false });
      if (kind === 'file')
        mounts.push({ stage: isDirectory ? joined(place, name) : place, path, file: true });
    }
  }
  return mounts;
}

/** The path of the workspace for a path of the stage; undefined if it is not in the mount. */
export function behind({ stage, path }: Mount, wanted: string): string | undefined {
  if (wanted === stage) return path;
  const prefix = stage === '' ? '' : `${stage}/`;
  return wanted.startsWith(prefix) ? joined(path, wanted.slice(prefix.length)) : undefined;
}

function holdsDirectory(mounts: readonly Mount[], place: string, files: Files): boolean {
  if (place === '') return true;
  return mounts.some((mount) => {
    if (mount.stage.startsWith(`${place}/`) || (mount.stage === place && !mount.file)) return true;
    const path = mount.file ? undefined : behind(mount, place);
    return path !== undefined && files.kindOf(path) === 'directory';
  });
}
