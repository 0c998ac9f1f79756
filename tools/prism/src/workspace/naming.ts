const prefixes = new Map([
  ['plugins', 'plugin-'],
  ['containerfiles', 'base-'],
  ['examples', 'example-'],
]);

/** `plugins/postgres` to `plugin-postgres`, `containerfiles/static` to `base-static`, `proxy` to `proxy`. */
export function projectNameOf(directory: string): string {
  const parts = directory.split('/').filter((part) => part !== '' && part !== '.');
  const name = parts.at(-1) ?? 'root';
  const prefix = prefixes.get(parts.at(-2) ?? '') ?? '';
  return `${prefix}${name}`.toLowerCase().replaceAll(/[^a-z0-9._-]+/g, '-');
}

/** Where the component behind an image name of this workspace lives: `localhost/prism/base-x:tag` in `containerfiles/x`. */
export function builderDirectory(reference: string): string | undefined {
  const match = /^(?:localhost\/)?(?:[\w.-]+\/)*base-([\w.-]+?)(?::[\w.-]+)?(?:@sha256:[0-9a-f]+)?$/.exec(
    reference,
  );
  return match ? `containerfiles/${match[1]}` : undefined;
}

/** The name that an engine knows an image by: `localhost/<prefix>/<project>`. */
export function imageName(prefix: string, project: string): string {
  return `localhost/${prefix ? `${prefix}/` : ''}${project.toLowerCase().replace(/^@/, '')}`;
}

/** The target of a variant: `build-image` and `debug` to `build-image-debug`. */
export function targetName(target: string, variant: string | undefined): string {
  return variant === undefined ? target : `${target}-${variant}`;
}

/** Whether a name can only be that of a component: no registry is called so. */
export function isLocal(reference: string): boolean {
  return reference.startsWith('localhost/');
}
