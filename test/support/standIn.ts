import { which } from './needs';
import type { Workspace } from './workspace';

/** A `podman` of the workspace that comes before the real one, which its script may call as `$podman`; gives the PATH. */
export function writePodman(workspace: Workspace, script: string): { PATH: string } {
  workspace.write('tmp/podman/podman', `#!/bin/sh\npodman=${which('podman')}\n${script}\n`, 0o755);
  return { PATH: `${workspace.path('tmp/podman')}:${process.env.PATH}` };
}

/** One that is told to end when it gets to a verb (libpod's shutdown handler): status 0, nothing said or done. */
export const endsAt = (verb: string): string =>
  `for word; do [ "$word" = ${verb} ] && exit 0; done\nexec $podman "$@"`;
