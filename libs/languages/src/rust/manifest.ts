import { listOf, parseToml, type Table, tableOf, textOf } from '../toml';

/** The parts of a Cargo.toml that determine which files cargo and rustc read. */
export interface Manifest {
  readonly name?: string | undefined;
  /** The build script: false if disabled; absent for the default, build.rs if it exists. */
  readonly build?: string | false | undefined;
  /** Whether its library is a macro, which runs while others compile. */
  readonly macro: boolean;
  /** Directory of the workspace that the package names as its own. */
  readonly belongsTo?: string | undefined;
  readonly members?: readonly string[] | undefined;
  readonly dependencies: readonly Dependency[];
  /** Names of the packages that it depends on, including those of registries. */
  readonly needs: readonly string[];
  /** Paths of `[workspace.dependencies]` by name. */
  readonly inherited: Readonly<Record<string, string>>;
  /** Paths of `[patch.…]`. */
  readonly patches: readonly string[];
  readonly products: readonly Product[];
}

export interface Dependency {
  readonly name: string;
  readonly path: string | undefined;
  /** `workspace = true` */
  readonly inherits: boolean;
  readonly development: boolean;
}

/** A manifest's entry for a build target: a library, a program, an example. */
export interface Product {
  readonly kind: 'lib' | 'bin' | 'example' | 'test' | 'bench';
  readonly name: string | undefined;
  readonly path: string | undefined;
}

/** Null for a file that is not TOML. */
export function parseManifest(text: string): Manifest | null {
  const file = parseToml(text);
  if (file === null) return null;
  const [pack, workspace] = [tableOf(file.package), tableOf(file.workspace)];
  const scopes = [file, ...Object.values(tableOf(file.target)).map(tableOf)];
  const dependencies = scopes.flatMap((scope) => [
    ...readDependencies(scope.dependencies, false),
    ...readDependencies(scope['build-dependencies'], false),
    ...readDependencies(scope['dev-dependencies'], true),
  ]);
  const patches = [...Object.values(tableOf(file.patch)), file.replace].flatMap((source) =>
    Object.values(tableOf(source)).flatMap((one) => textOf(tableOf(one).path) ?? []),
  );
  return {
    name: textOf(pack.name),
    build: pack.build === false ? false : textOf(pack.build),
    macro: (tableOf(file.lib)['proc-macro'] ?? tableOf(file.lib).proc_macro) === true,
    belongsTo: textOf(pack.workspace),
    members:
      file.workspace === undefined
        ? undefined
        : listOf(workspace.members).flatMap((one) => textOf(one) ?? []),
    dependencies,
    needs: scopes.flatMap((scope) => [
      ...listNeeds(scope.dependencies),
      ...listNeeds(scope['build-dependencies']),
    ]),
    inherited: Object.fromEntries(
      Object.entries(tableOf(workspace.dependencies)).flatMap(([name, one]) => {
        const path = textOf(tableOf(one).path);
        return path === undefined ? [] : [[name, path]];
      }),
    ),
    patches,
    products: readProducts(file),
  };
}

function listNeeds(value: unknown): string[] {
  return Object.entries(tableOf(value)).map(([name, one]) => textOf(tableOf(one).package) ?? name);
}

function readDependencies(value: unknown, development: boolean): Dependency[] {
  return Object.entries(tableOf(value)).flatMap(([name, one]) => {
    const { path, workspace } = tableOf(one);
    const inherits = workspace === true;
    return textOf(path) === undefined && !inherits
      ? []
      : [{ name, path: textOf(path), inherits, development }];
  });
}

function readProducts(file: Table): Product[] {
  const product = (kind: Product['kind'], value: unknown): Product => {
    const { name, path } = tableOf(value);
    return { kind, name: textOf(name), path: textOf(path) };
  };
  return [
    ...(file.lib === undefined ? [] : [product('lib', file.lib)]),
    ...(['bin', 'example', 'test', 'bench'] as const).flatMap((kind) =>
      listOf(file[kind]).map((one) => product(kind, one)),
    ),
  ];
}
