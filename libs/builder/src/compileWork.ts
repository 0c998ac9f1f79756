import { join } from 'node:path';
import { compileDirectory } from '@prism-build/workspace';
import type { StepInput } from './step';

type Compiling = Pick<StepInput, 'directories' | 'project' | 'development'>;

/** Where a project's compiler works: the mirror, its results, the journal. The dev loop has its own. */
export function compileWork({ directories, project, development }: Compiling): string {
  return join(directories.prism, 'work', project, development ? 'dev' : '');
}

/** Where the results of a compile are. */
export function compiledDirectory(input: Compiling): string {
  const { directories, project, development } = input;
  return development ? join(compileWork(input), 'compiled') : compileDirectory(directories.root, project);
}
