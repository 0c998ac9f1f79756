import { chooseTarget } from '@prism-build/containerfile';
import { failed, imageFailure, ok, type Result } from '@prism-build/errors';
import type { ResolvedFile } from '@prism-build/plan';

/** Another image out of the same Containerfile: `build-image-<name>` builds the stage. */
export interface Variant {
  readonly name: string;
  readonly stage: string;
}

export interface VariantOptions {
  /** Names of stages that are variants without being declared. */
  readonly names: readonly string[];
  /** `targets.build-image.options.variants`: false infers none, a list or a table replaces what is inferred. */
  readonly declared?: boolean | readonly string[] | Readonly<Record<string, string>> | undefined;
  /** Targets `build-image-<name>` of project.json without another executor, with their options. */
  readonly targets: Readonly<Record<string, { readonly stage?: string }>>;
  /** The stage of the default image; the last one if left out. */
  readonly target: string | undefined;
}

export const defaultVariantNames: readonly string[] = ['debug', 'regular'];

/**
 * The variants of a Containerfile. A stage is a variant if it has one of the names and the default image does not use it;
 * others must be declared. Names become folders, targets and tags.
 *
 * @param resolved undefined: the file cannot be read
 */
export function findVariants(
  resolved: ResolvedFile | undefined,
  file: string,
  options: VariantOptions,
): Result<Variant[]> {
  const { declared, targets } = options;
  const found = new Map<string, string>();
  if (declared === undefined || declared === true)
    for (const name of inferNames(resolved, options)) found.set(name, name);
  else for (const [name, stage] of readDeclared(declared)) found.set(name, stage);
  for (const [name, { stage }] of Object.entries(targets)) found.set(name, stage ?? found.get(name) ?? name);
  const variants = [...found].map(([name, stage]) => ({ name, stage }));
  const wrong = variants.filter(({ name }) => !isVariantName(name));
  if (wrong.length === 0) return ok(variants);
  return failed(
    ...wrong.map(({ name }) => {
      const what = `${JSON.stringify(name)} cannot name a variant of ${file}`;
      const remedy = 'Use lowercase letters, digits, dots, dashes and underscores, and not "blobs".';
      return imageFailure('OPTIONS_INVALID', { what, remedy });
    }),
  );
}

function inferNames(file: ResolvedFile | undefined, { names, target }: VariantOptions): readonly string[] {
  const named = (file?.containerfile.stages ?? []).filter(
    ({ from }) => from.name && names.includes(from.name),
  );
  const [first] = file?.platforms ?? [];
  if (named.length === 0 || !file || !first) return [];
  // Dependencies of stages are equal for all platforms, except if FROM names a stage in a variable.
  const chosen = chooseTarget(file.containerfile, first.resolution, { target });
  // If the default image is unknown, any stage may be part of it.
  if (!chosen.ok) return [];
  return named.flatMap(({ index, from }) => (chosen.value.needed.includes(index) ? [] : [from.name!]));
}

function readDeclared(declared: false | readonly string[] | Readonly<Record<string, string>>) {
  if (declared === false) return [];
  if (Array.isArray(declared)) return (declared as readonly string[]).map((name) => [name, name] as const);
  return Object.entries(declared as Readonly<Record<string, string>>);
}

/** Whether a name can be a folder beside `blobs`, the suffix of a target and the suffix of a tag. */
function isVariantName(name: string): boolean {
  return /^[a-z0-9][a-z0-9._-]{0,62}$/.test(name) && name !== 'blobs' && name !== 'digest.json';
}
