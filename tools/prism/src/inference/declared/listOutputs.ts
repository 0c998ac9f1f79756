import type { DeclaredTarget } from './projectFile';

/** A project with its known targets. */
export interface KnownProject {
  readonly name: string;
  readonly root: string;
  readonly targets: Readonly<Record<string, DeclaredTarget>>;
}

/** A path that a target makes. */
export interface Output {
  readonly project: string;
  readonly target: string;
  /** Workspace-relative; may be a pattern; includes everything below it. */
  readonly path: string;
  /** The target's negative outputs. */
  readonly except: readonly string[];
  /** Set if only this configuration makes it and it is not the default configuration. */
  readonly configuration?: string;
  /** Whether the output is declared. Otherwise it is one of Nx's defaults for `build`. */
  readonly declared: boolean;
}

/** Nx's own evaluation of `outputs`, with its tokens and defaults: `getOutputsForTargetAndConfiguration`. */
export type ReadOutputs = (
  target: { readonly project: string; readonly target: string; readonly configuration?: string },
  overrides: object,
  node: { readonly name: string; readonly data: { readonly root: string; readonly targets: object } },
) => readonly string[];

/** The paths that the targets of a project make, in every configuration. Empty for targets with outputs that Nx rejects. */
export function listOutputs({ name, root, targets }: KnownProject, readOutputs: ReadOutputs): Output[] {
  return Object.entries(targets).flatMap(([target, config]) => {
    if (config.continuous || isOurs(config) || !mayMake(target, config)) return [];
    const declared = config.outputs !== undefined || config.options?.outputPath !== undefined;
    const read = (configuration: string | undefined): readonly string[] => {
      try {
        const asked = { project: name, target, ...(configuration !== undefined && { configuration }) };
        return readOutputs(asked, {}, { name, data: { root, targets } });
      } catch {
        return [];
      }
    };
    const usual = read(config.defaultConfiguration);
    const others = Object.keys(config.configurations ?? {}).flatMap((configuration) => {
      if (configuration === config.defaultConfiguration) return [];
      const paths = read(configuration);
      return split(paths)
        .made.filter((path) => !usual.includes(path))
        .map((path) => ({ path, except: split(paths).except, configuration }));
    });
    const { made, except } = split(usual);
    return [...made.map((path) => ({ path, except })), ...others].map((one) => ({
      project: name,
      target,
      declared,
      ...one,
      path: clean(one.path),
      except: one.except.map(clean),
    }));
  });
}

/** Skips Nx for targets without outputs: most have none, and Nx's module may not be loaded yet. */
function mayMake(name: string, { outputs, options, configurations = {} }: DeclaredTarget): boolean {
  if (outputs) return outputs.length > 0;
  if (name === 'build' || name === 'prepare') return true;
  return [options, ...Object.values(configurations)].some((one) => one?.outputPath !== undefined);
}

/** Dependencies on images and compiled trees are inferred elsewhere. */
function isOurs({ executor }: DeclaredTarget): boolean {
  return executor?.startsWith('prism:') ?? false;
}

/** Whether a target runs something and does not declare outputs. */
export function isSilent(target: DeclaredTarget): boolean {
  const makesNothing = /(^|:)(noop|release-publish)$/.test(target.executor ?? '');
  return !isOurs(target) && target.outputs === undefined && !makesNothing;
}

function split(paths: readonly string[]): { readonly made: string[]; readonly except: string[] } {
  const negative = (path: string) => path.startsWith('!');
  return {
    made: paths.filter((path) => !negative(path)),
    except: paths.filter(negative).map((path) => path.slice(1)),
  };
}

function clean(path: string): string {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  return parts.join('/');
}
