import { posix } from 'node:path';
import { type Failure, pushFailure } from '@prism-build/errors';
import { type PlatformImage, type Programs, platformName } from '@prism-build/oci';

/** Architectures whose programs a platform also runs. */
const alsoRuns: Readonly<Record<string, string>> = { amd64: '386', arm64: 'arm' };
/** Where engines look for a command without a slash if the image sets no PATH. */
const searchPath = ['usr/local/sbin', 'usr/local/bin', 'usr/sbin', 'usr/bin', 'sbin', 'bin'];
/** As in Linux (path_resolution(7)). */
const MAX_LINKS = 40;

/**
 * Checks that a platform's image starts a program of its architecture, and that not all its programs are for others. Images
 * with compilers may contain programs for other architectures. Failure: PUSH_PLATFORM_WRONG.
 */
export function checkPrograms(
  name: string,
  { platform, entrypoint, cmd, workingDir }: PlatformImage,
  programs: Programs,
): Failure[] {
  const runs = (architecture: string) =>
    architecture === platform.architecture || architecture === alsoRuns[platform.architecture];
  const wrong = (path: string, architecture: string) => {
    const what = `${name} for ${platformName(platform)}: /${path} is compiled for ${architecture}`;
    return [pushFailure('PUSH_PLATFORM_WRONG', { what })];
  };
  const [command] = [...entrypoint, ...cmd];
  const started = command === undefined ? undefined : findProgram(command, workingDir, programs);
  const of = started === undefined ? undefined : programs.architectures.get(started);
  if (started !== undefined && of !== undefined && !runs(of)) return wrong(started, of);
  const [first, ...others] = programs.architectures;
  if (!first || [first, ...others].some(([, architecture]) => runs(architecture))) return [];
  return wrong(...first);
}

/** The path of the ELF file that a command starts, through symbolic links; undefined if it is none. */
function findProgram(command: string, workingDir: string, programs: Programs): string | undefined {
  const places = command.includes('/')
    ? [posix.resolve('/', workingDir, command).slice(1)]
    : searchPath.map((directory) => `${directory}/${command}`);
  for (const place of places) {
    const path = follow(place, programs.links);
    if (path !== undefined && programs.architectures.has(path)) return path;
  }
  return undefined;
}

function follow(path: string, links: Programs['links']): string | undefined {
  let current = path;
  for (let hops = 0; hops <= MAX_LINKS; hops++) {
    const parts = current.split('/');
    const at = parts.findIndex((_, index) => links.has(parts.slice(0, index + 1).join('/')));
    if (at < 0) return current;
    const target = links.get(parts.slice(0, at + 1).join('/'))!;
    const directory = `/${parts.slice(0, at).join('/')}`;
    current = posix.resolve(directory, target, ...parts.slice(at + 1)).slice(1);
  }
  return undefined;
}
