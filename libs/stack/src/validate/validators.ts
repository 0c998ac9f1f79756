import type { Path } from '../read/documents';

/** The forms of a stack that `render` writes. */
export type RenderFormat = 'podman' | 'kubernetes' | 'kustomize' | 'quadlet' | 'compose';

/** A program of others that reads a rendered stack strictly. */
export interface Validator {
  readonly name: string;
  /** Names on PATH, or paths, in the order in which they are tried. */
  readonly programs: readonly string[];
  /** The arguments for a file of YAML, or the directory that was rendered. */
  readonly args: (path: string) => readonly string[];
  /** Variables besides those of the caller. */
  readonly env?: (path: string) => Readonly<Record<string, string>>;
  /** Reads the YAML from standard input instead. */
  readonly input?: boolean;
  /** What it finds in its output, of a run that failed. */
  readonly find: (output: string) => readonly Finding[];
  /** How to install it, for the one who lacks it. */
  readonly install: string;
}

/** What a validator refuses, and where: a path in a document, or a container by name. */
export interface Finding {
  readonly what: string;
  readonly kind?: string;
  readonly path?: Path;
  readonly container?: string;
}

/** The name of the program that is compiled of the sources in the package. */
export const podSecurity = 'pod-security';

const schemas: Validator = {
  name: 'the schemas of Kubernetes (kubernetes-validate)',
  programs: ['kubernetes-validate'],
  args: (path) => ['--strict', path],
  find: (output) =>
    linesOf(output).map((line) => {
      const found = /did not validate for resource (\w+)\/\S+ against version \S+: (\S+): (.*)$/.exec(line);
      if (!found) return { what: line };
      const [, kind, path, what] = found;
      return { what: `${path}: ${what}`, kind: kind!, path: toPath(path!) };
    }),
  install: 'pipx install kubernetes-validate',
};

/** Podman needs host ports, which the restricted profile forbids, so only what a cluster gets is judged by it. */
const restricted: Validator = {
  name: "Kubernetes' types and the restricted profile of Pod Security",
  programs: [podSecurity],
  args: () => [],
  input: true,
  find: (output) =>
    linesOf(output).map((what) => {
      const container = /container "([^"]+)"/.exec(what)?.[1];
      const field = /(?:unknown|duplicate) field "([^"]+)"/.exec(what)?.[1];
      return {
        what,
        ...(container !== undefined && { container }),
        ...(field !== undefined && { path: toPath(field.replace(/\[(\d+)\]/g, '.$1')) }),
      };
    }),
  install: 'install Go 1.26 or later (https://go.dev/dl); render compiles the check once',
};

const quadlet: Validator = {
  name: "Podman's generator of units (quadlet -dryrun)",
  programs: ['quadlet', '/usr/libexec/podman/quadlet', '/usr/lib/podman/quadlet'],
  args: () => ['-dryrun', '-user'],
  env: (path) => ({ QUADLET_UNIT_DIRS: path }),
  find: (output) =>
    linesOf(output)
      .filter((line) => /^quadlet-generator\[\d+\]: (converting|error)/i.test(line))
      .map((line) => ({ what: line.replace(/^quadlet-generator\[\d+\]: /, '') })),
  install: 'apt-get install podman (5.0 or later: Debian 13)',
};

const compose: Validator = {
  name: 'Docker Compose (docker-compose config)',
  programs: [
    'docker-compose',
    '/usr/libexec/docker/cli-plugins/docker-compose',
    '/usr/lib/docker/cli-plugins/docker-compose',
  ],
  args: (path) => ['--file', `${path}/compose.yaml`, 'config', '--quiet', '--no-interpolate'],
  find: (output) =>
    linesOf(output).map((line) => ({ what: line.replace(/^validating \S*?compose\.yaml: /, '') })),
  install: 'apt-get install docker-compose (2.0 or later: Debian 13)',
};

/** Who reads a form. What a validator does not print in a known way, it has found all the same. */
export const validators: Readonly<Record<RenderFormat, readonly Validator[]>> = {
  podman: [schemas],
  kubernetes: [schemas, restricted],
  kustomize: [schemas, restricted],
  quadlet: [quadlet],
  compose: [compose],
};

function linesOf(output: string): string[] {
  return output.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()]));
}

/** `spec.containers.0.image` as a path. */
function toPath(text: string): Path {
  return text.split('.').map((one) => (/^\d+$/.test(one) ? Number(one) : one));
}
