import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ok, type Result } from '@prism-build/errors';
import { type Launch, makeFloorProgram, type Side, writeRoot } from '@prism-build/measure';
import { isExecutable, readTextIfThere } from '@prism-build/shell';
import { writeFiles } from './readFiles';
import type { StartInput } from './started';

/**
 * The image's files as a root directory, and the program started in it without an engine, by unshare(1) of util-linux; as the image's
 * user if this process is root. A text if this machine cannot do that.
 */
export async function makeBareSide(input: StartInput): Promise<Result<Side | string>> {
  const { platform, settings, scratch, env, args } = input;
  const tool = findTool('unshare');
  const nothing = makeFloorProgram(platform.platform.architecture);
  if (process.platform !== 'linux' || tool === undefined || !nothing)
    return ok('it needs Linux and unshare of util-linux');
  const root = await writeRoot(input.store, platform.layers, scratch);
  if (!root.ok) return root;
  const written = writeFiles(root.value, input.files);
  if (!written.ok) return written;
  const floor = join(scratch, 'floor');
  mkdirSync(floor, { recursive: true });
  writeFileSync(join(floor, 'floor'), nothing);
  chmodSync(join(floor, 'floor'), 0o755);
  const own = Object.fromEntries((settings.env ?? []).map((pair) => splitPair(pair)));
  const variables = { PATH: DEFAULT_PATH, ...own, ...env };
  const launch = (
    directory: string,
    workingDir: string,
    argv: readonly string[],
    user: readonly string[],
  ): Launch => ({
    argv: [
      tool,
      ...(process.getuid?.() === 0 ? user : ['--map-root-user']),
      `--root=${directory}`,
      `--wd=${workingDir}`,
      ...argv,
    ],
    env: variables,
    stop: async ({ kill }) => kill('SIGKILL'),
  });
  const command = [...platform.entrypoint, ...(args.length > 0 ? args : platform.cmd)];
  return ok({
    where: 'bare',
    command,
    component: {
      ...launch(root.value, platform.workingDir || '/', command, readUser(root.value, platform.user)),
      // unshare replaces itself by the program.
      pidOf: async ({ pid }) => pid,
    },
    floor: launch(floor, '/', ['/floor'], []),
  });
}

/** That of Podman for images that set none. */
const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

function splitPair(pair: string): [string, string] {
  const at = pair.indexOf('=');
  return [pair.slice(0, at), pair.slice(at + 1)];
}

/** USER of an image, `user[:group]` by number or by name in its /etc/passwd and /etc/group. */
function readUser(root: string, user: string): string[] {
  if (user === '') return [];
  const [name = '', group] = user.split(':');
  const account = find(root, 'passwd', name, 2);
  const gid =
    group === undefined
      ? (account?.[3] ?? '0')
      : /^\d+$/.test(group)
        ? group
        : find(root, 'group', group, 2)?.[2];
  const uid = /^\d+$/.test(name) ? name : account?.[2];
  return uid === undefined || gid === undefined ? [] : [`--setgid=${gid}`, `--setuid=${uid}`];
}

function find(root: string, file: string, name: string, number: number): string[] | undefined {
  const lines = (readTextIfThere(join(root, 'etc', file)) ?? '').split('\n').map((line) => line.split(':'));
  return lines.find((fields) => fields[0] === name || fields[number] === name);
}

function findTool(name: string): string | undefined {
  return (process.env.PATH ?? '')
    .split(':')
    .map((directory) => join(directory, name))
    .find(isExecutable);
}
