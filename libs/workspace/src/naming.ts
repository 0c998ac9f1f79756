const prefixes = new Map([
  ['plugins', 'plugin-'],
  ['containerfiles', 'base-'],
  ['examples', 'example-'],
]);

/** `plugins/postgres` to `plugin-postgres`, `containerfiles/static` to `base-static`, `proxy` to `proxy`. */
export function projectNameOf(directory: string): string {
  const parts = partsOf(directory);
  const prefix = prefixes.get(parts.at(-2) ?? '') ?? '';
  return toName(`${prefix}${parts.at(-1) ?? 'root'}`);
}

/** The same for a file with a label: `svc/worker.Containerfile`, whose root is `svc/worker`, is `svc-worker`. */
export function componentNameOf(root: string, label: string | undefined): string {
  const above = partsOf(root).at(-2);
  if (label === undefined || above === undefined || prefixes.has(above)) return projectNameOf(root);
  return toName(`${above}-${label}`);
}

/** Converts a text to a name that is valid for Nx projects and in image names: lower case, single separators. */
export function toName(text: string): string {
  if (isName.test(text)) return text;
  const name = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .replaceAll(/[._-]{2,}/g, (run) => (/^(?:__|-+)$/.test(run) ? run : '-'))
    .replaceAll(/^[._-]+|[._-]+$/g, '');
  return name === '' ? 'component' : name;
}

/** Names that need no conversion. Most are: this keeps inference fast. */
const isName = /^[a-z0-9]+(?:[._-][a-z0-9]+)*$/;

function partsOf(directory: string): string[] {
  return directory.split('/').filter((part) => part !== '' && part !== '.');
}

/** The directory of the builder base that an image name means: `containerfiles/x` for `localhost/prism/base-x:tag`. */
export function builderDirectory(reference: string): string | undefined {
  const match = /^(?:localhost\/)?(?:[\w.-]+\/)*base-([\w.-]+?)(?::[\w.-]+)?(?:@sha256:[0-9a-f]+)?$/.exec(
    reference,
  );
  return match ? `containerfiles/${match[1]}` : undefined;
}

/** An image's name in engines: `localhost/<prefix>/<project>`. */
export function imageName(prefix: string, project: string): string {
  return `localhost/${prefix ? `${prefix}/` : ''}${project.toLowerCase().replace(/^@/, '')}`;
}

/** Whether an image name without tag is valid by the grammar of the OCI distribution specification. */
export function isImageName(name: string): boolean {
  const path = name.slice(name.indexOf('/') + 1);
  return name.length <= 255 && path.split('/').every((part) => imageNamePart.test(part));
}

const imageNamePart = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;

/** The target of a variant: `build-image` and `debug` to `build-image-debug`. */
export function targetName(target: string, variant: string | undefined): string {
  return variant === undefined ? target : `${target}-${variant}`;
}

/** Whether an image name can only mean a component: it begins with `localhost/`, which is no registry. */
export function isLocal(reference: string): boolean {
  return reference.startsWith('localhost/');
}
