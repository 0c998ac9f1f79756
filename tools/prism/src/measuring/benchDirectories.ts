import { join } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { directoriesOf } from '@prism-build/workspace';

/** The directory of stored measurements of a workspace; may be deleted at any time. */
export function measurementsDirectory({ root }: ExecutorContext): string {
  return join(directoriesOf(root, process.env).prism, 'bench');
}

/** The report of an image; a variant has its own subdirectory. */
export function reportPath(root: string, project: string, variant: string | undefined): string {
  return join(root, 'dist', 'bench', project, variant ?? '', 'report.json');
}
