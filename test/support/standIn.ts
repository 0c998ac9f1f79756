import { which } from './needs';
import type { Workspace } from './workspace';

/**
 * A `podman` of the workspace that precedes the real one on PATH. Its script may call the real one as `$podman`.
 * Returns the PATH.
 */
export function writePodman(workspace: Workspace, script: string): { PATH: string } {
  workspace.write('tmp/podman/podman', `#!/bin/sh\npodman=${which('podman')}\n${script}\n`, 0o755);
  return { PATH: `${workspace.path('tmp/podman')}:${process.env.PATH}` };
}

/** A podman that is terminated when it reaches a verb (libpod's shutdown handler): status 0, no output, no effect. */
export const endsAt = (verb: string): string =>
  `for word; do [ "$word" = ${verb} ] && exit 0; done\nexec $podman "$@"`;
