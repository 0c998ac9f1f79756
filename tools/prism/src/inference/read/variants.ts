import { parseContainerfile, parsePlatform, resolveStages } from '@prism-build/containerfile';
import { failed, imageFailure, ok, type Result } from '@prism-build/errors';

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
  /** Targets `build-image-<name>` of project.json that are ours to fill, with their options. */
  readonly targets: Readonly<Record<string, { readonly stage?: string }>>;
  readonly buildArgs: Readonly<Record<string, string>>;
  /** The stage of the default image; the last one if left out. */
  readonly target: string | undefined;
  /** Names of build contexts: they beat stages. */
  readonly contexts?: readonly string[];
}

export const defaultVariantNames: readonly string[] = ['debug', 'regular'];

/**
 * The variants of a Containerfile. A stage is one when it has one of the names and the default image is not made
 * of it; others are declared. Names become folders, targets and tags.
 */
export function findVariants(text: string, file: string, options: VariantOptions): Result<Variant[]> {
  const { declared, targets } = options;
  const found = new Map<string, string>();
  if (declared === undefined || declared === true)
    for (const name of inferNames(text, file, options)) found.set(name, name);
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

function inferNames(
  text: string,
  file: string,
  { names, buildArgs, target, contexts = [] }: VariantOptions,
): readonly string[] {
  // Most files have none, and every command of nx reads them all.
  const lower = text.toLowerCase();
  if (!names.some((name) => lower.includes(name))) return [];
  const containerfile = parseContainerfile(text, file);
  if (!containerfile.ok) return [];
  const named = containerfile.value.stages.filter(({ from }) => from.name && names.includes(from.name));
  if (named.length === 0) return [];
  // Which stages need which is the same for all platforms, save where FROM names one of them in a variable.
  const platform = parsePlatform('linux/amd64')!;
  const request = { platform, buildPlatform: platform, buildArgs, target, namedContexts: contexts };
  const resolution = resolveStages(containerfile.value, request);
  // Without a default image nothing says that a stage is no part of it.
  if (!resolution.ok) return [];
  return named.flatMap(({ index, from }) => (resolution.value.needed.includes(index) ? [] : [from.name!]));
}

function readDeclared(declared: false | readonly string[] | Readonly<Record<string, string>>) {
  if (declared === false) return [];
  if (Array.isArray(declared)) return (declared as readonly string[]).map((name) => [name, name] as const);
  return Object.entries(declared as Readonly<Record<string, string>>);
}

/** What may be a folder beside `blobs`, the end of a target's name and the end of a tag. */
function isVariantName(name: string): boolean {
  return /^[a-z0-9][a-z0-9._-]{0,62}$/.test(name) && name !== 'blobs' && name !== 'digest.json';
}
