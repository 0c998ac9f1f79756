import { listOf, parseToml, type Table, tableOf, textOf } from '../toml';

/** The parts of a Cargo.toml that builds and generators use. Values of other types than cargo expects are left out. */
export interface Manifest {
  /** Absent in a workspace without a package of its own. */
  readonly name?: string | undefined;
  readonly rustVersion?: string | undefined;
  /** The program that `cargo run` starts if none is named. */
  readonly defaultRun?: string | undefined;
  /** Whether files of src/bin are programs without being declared (`autobins`). */
  readonly findsPrograms: boolean;
  /** The build script: false if disabled; absent for the default, build.rs if it exists. */
  readonly build?: string | false | undefined;
  /** Whether its library is a macro, which runs while others compile. */
  readonly macro: boolean;
  /** Directory of the workspace that the package names as its own. */
  readonly belongsTo?: string | undefined;
  /** Present in the root of a workspace. */
  readonly members?: readonly string[] | undefined;
  readonly excluded: readonly string[];
  /** What members may inherit from `[workspace.package]`. */
  readonly shared: { readonly version?: string | undefined; readonly rustVersion?: string | undefined };
  readonly dependencies: readonly Dependency[];
  /** Names of the packages that it depends on, including those of registries. */
  readonly needs: readonly string[];
  /** Names of those that its build script depends on. */
  readonly scriptNeeds: readonly string[];
  /** Names of the packages that only its tests and examples depend on. */
  readonly developmentNeeds: readonly string[];
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
  readonly kind: DependencyKind;
}

type DependencyKind = 'normal' | 'build' | 'development';

/** A manifest's entry for a build target: a library, a program, an example. */
export interface Product {
  readonly kind: 'lib' | 'bin' | 'example' | 'test' | 'bench';
  readonly name: string | undefined;
  readonly path: string | undefined;
}

/** Null for a file that is not TOML. */
export function parseManifest(text: string): Manifest | null {
  const file = parseToml(text);
  return file && manifestOf(file);
}

/** The manifest in a Cargo.toml that has been parsed. */
export function manifestOf(file: Table): Manifest {
  const [pack, workspace] = [tableOf(file.package), tableOf(file.workspace)];
  const shared = tableOf(workspace.package);
  const scopes = [file, ...Object.values(tableOf(file.target)).map(tableOf)];
  const dependencies = scopes.flatMap((scope) => [
    ...readDependencies(scope.dependencies, 'normal'),
    ...readDependencies(scope['build-dependencies'], 'build'),
    ...readDependencies(scope['dev-dependencies'], 'development'),
  ]);
  const patches = [...Object.values(tableOf(file.patch)), file.replace].flatMap((source) =>
    Object.values(tableOf(source)).flatMap((one) => textOf(tableOf(one).path) ?? []),
  );
  return {
    name: textOf(pack.name),
    rustVersion: textOf(pack['rust-version']),
    defaultRun: textOf(pack['default-run']),
    findsPrograms: pack.autobins !== false,
    build: pack.build === false ? false : textOf(pack.build),
    macro: (tableOf(file.lib)['proc-macro'] ?? tableOf(file.lib).proc_macro) === true,
    belongsTo: textOf(pack.workspace),
    members: file.workspace === undefined ? undefined : textsOf(workspace.members),
    excluded: textsOf(workspace.exclude),
    shared: { version: textOf(shared.version), rustVersion: textOf(shared['rust-version']) },
    dependencies,
    needs: scopes.flatMap((scope) => [
      ...listNeeds(scope.dependencies),
      ...listNeeds(scope['build-dependencies']),
    ]),
    scriptNeeds: scopes.flatMap((scope) => listNeeds(scope['build-dependencies'])),
    developmentNeeds: scopes.flatMap((scope) => listNeeds(scope['dev-dependencies'])),
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

/** The directories that a manifest names by path: dependencies of every kind, inherited ones, and patches. */
export function listPaths({ dependencies, inherited, patches }: Manifest): string[] {
  return [...dependencies.flatMap(({ path }) => path ?? []), ...Object.values(inherited), ...patches];
}

const textsOf = (value: unknown) => listOf(value).flatMap((one) => textOf(one) ?? []);

function listNeeds(value: unknown): string[] {
  return Object.entries(tableOf(value)).map(([name, one]) => textOf(tableOf(one).package) ?? name);
}

function readDependencies(value: unknown, kind: DependencyKind): Dependency[] {
  return Object.entries(tableOf(value)).flatMap(([name, one]) => {
    const { path, workspace } = tableOf(one);
    const inherits = workspace === true;
    return textOf(path) === undefined && !inherits ? [] : [{ name, path: textOf(path), inherits, kind }];
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
