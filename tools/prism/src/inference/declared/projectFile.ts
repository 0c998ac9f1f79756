import { parse } from 'jsonc-parser';

/** The parts of a target that decide its outputs and its order. */
export interface DeclaredTarget {
  readonly executor?: string;
  readonly command?: string;
  /** The text of a script of package.json. */
  readonly script?: string;
  readonly outputs?: readonly string[];
  readonly options?: Readonly<Record<string, unknown>>;
  readonly configurations?: Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>;
  readonly defaultConfiguration?: string;
  readonly dependsOn?: readonly Dependency[];
  /** Runs until it is stopped, so no task can wait for it. */
  readonly continuous?: boolean;
}

/** An entry of `dependsOn`. */
type Dependency =
  | string
  | {
      readonly target?: string;
      readonly projects?: string | readonly string[];
      readonly dependencies?: boolean;
    };

/** A project as project.json or package.json declares it. */
export interface ProjectFile {
  readonly name?: string;
  readonly targets: Readonly<Record<string, DeclaredTarget>>;
}

/** Reads project.json, with comments as Nx does. */
export function readProjectJson(text: string): ProjectFile {
  const json = asTable(parseJson(text) ?? parse(text, [], { allowTrailingComma: true }));
  return { ...nameOf(json), targets: targetsOf(json.targets) };
}

/** Returns undefined if the text has comments or errors. Most files have none, and JSON.parse is many times faster. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Reads package.json: its scripts are targets too, unless `nx.includedScripts` excludes them. */
export function readPackageJson(text: string): ProjectFile {
  const json = asTable(parseJson(text) ?? parse(text));
  const nx = asTable(json.nx);
  const scripts = asTable(json.scripts);
  const included = Array.isArray(nx.includedScripts)
    ? nx.includedScripts.filter(isText)
    : Object.keys(scripts);
  const inferred: Record<string, DeclaredTarget> = Object.fromEntries(
    included.map((name) => [name, { executor: 'nx:run-script', script: String(scripts[name] ?? '') }]),
  );
  const declared = Object.entries(targetsOf(nx.targets)).map(([name, target]) => {
    const own = target.executor === undefined && target.command === undefined;
    return [name, own ? { ...inferred[name], ...target } : target] as const;
  });
  return { ...nameOf(json), ...nameOf(nx), targets: { ...inferred, ...Object.fromEntries(declared) } };
}

function nameOf(json: Table): { readonly name?: string } {
  return isText(json.name) ? { name: json.name } : {};
}

type Table = Readonly<Record<string, unknown>>;
const isText = (value: unknown): value is string => typeof value === 'string';
const isTable = (value: unknown): value is Table =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const asTable = (value: unknown): Table => (isTable(value) ? value : {});

function targetsOf(targets: unknown): Record<string, DeclaredTarget> {
  return Object.fromEntries(
    Object.entries(asTable(targets)).map(([name, target]) => [name, targetOf(asTable(target))]),
  );
}

/** Values of the wrong type are ignored, because Nx rejects them. */
function targetOf(target: Table): DeclaredTarget {
  const { executor, command, outputs, options, configurations, defaultConfiguration, dependsOn, continuous } =
    target;
  return {
    ...(isText(executor) && { executor }),
    ...(isText(command) && { command }),
    ...(Array.isArray(outputs) && { outputs: outputs.filter(isText) }),
    ...(isTable(options) && { options }),
    ...(isTable(configurations) && {
      configurations: configurations as NonNullable<DeclaredTarget['configurations']>,
    }),
    ...(isText(defaultConfiguration) && { defaultConfiguration }),
    ...(Array.isArray(dependsOn) && { dependsOn: dependsOn as readonly Dependency[] }),
    ...(continuous === true && { continuous }),
  };
}
