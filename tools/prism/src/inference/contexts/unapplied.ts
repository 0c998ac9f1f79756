import { type Failure, imageFailure } from '@prism-build/errors';
import type { StatedContext } from './stated';

/** What decides whether a setting would change an image. */
export interface Applied {
  readonly file: string;
  /** The stages that are built: that of the image first, then those of its variants. */
  readonly stages: readonly string[];
  /** Build arguments that options set. */
  readonly buildArgs: readonly string[];
  /** The ARG instructions with their defaults. */
  readonly arguments: readonly { readonly name: string; readonly value: string | undefined }[];
  /** Names that FROM and --from use. */
  readonly references: readonly string[];
}

/**
 * Settings of Compose files, Bake files and commands that would change the image and are not applied: only the context
 * is taken from those files, because several of them may build one Containerfile. Each setting is named once.
 */
export function listUnapplied(stated: readonly StatedContext[], applied: Applied): Failure[] {
  const found = new Map<string, Failure>();
  const note = (key: string, failure: Failure) => found.has(key) || found.set(key, failure);
  for (const { source, name, settings } of stated) {
    const builds = `${name} builds ${applied.file} with`;
    const at = { file: source };
    const say = (key: string, what: string, remedy: string) =>
      note(
        key,
        imageFailure('BUILD_SETTING_NOT_APPLIED', {
          what: `${builds} ${what}, which build-image does not apply`,
          remedy,
          at,
        }),
      );
    const { target, args, contexts, labels } = settings;
    if (target !== undefined && !applied.stages.includes(target)) {
      const stage = target === '' ? '<stage>' : target;
      say(
        `target ${target}`,
        target === '' ? 'a target that is an expression' : `the target ${target}`,
        `Set "stage": "${stage}" in the options of build-image, or "variants": ["${stage}"] for a second image, in project.json or package.json of this project.`,
      );
    }
    for (const [arg, value] of Object.entries(args)) {
      if (!changes(arg, value, applied)) continue;
      const written = value === undefined ? '…' : JSON.stringify(value);
      say(
        `arg ${arg}`,
        `the build argument ${arg}`,
        `Set "buildArgs": {"${arg}": ${written}} in the options of build-image, in project.json or package.json of this project.`,
      );
    }
    for (const one of contexts.filter((context) => applied.references.includes(context)))
      say(
        `context ${one}`,
        `the build context ${one}`,
        `Copy from a component of this workspace (localhost/<prefix>/<project>) in place of ${one}.`,
      );
    if (labels.length > 0)
      say(
        `labels ${labels.join()}`,
        `the labels ${labels.join(', ')}`,
        `Write them as LABEL into ${applied.file}.`,
      );
  }
  return [...found.values()];
}

/** A build argument without an ARG changes nothing, nor does one that has the default's value. */
function changes(name: string, value: string | undefined, applied: Applied): boolean {
  const defaults = applied.arguments.filter((one) => one.name === name);
  if (applied.buildArgs.includes(name) || defaults.length === 0) return false;
  return value === undefined || defaults.some((one) => one.value !== value);
}
