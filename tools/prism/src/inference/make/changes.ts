/**
 * The variable that is set when files of a project changed in a way that Nx's daemon does not notice: a mode, a link,
 * an empty directory. It is an input of the project's targets, and unset if nothing changed (recheck.ts).
 */
export function changesVariable(project: string): string {
  return `PRISM_CHANGES_${project.toUpperCase().replaceAll(/[^A-Z0-9]+/g, '_')}`;
}
