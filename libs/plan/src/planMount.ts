import type { ResolvedInstruction } from '@prism-build/containerfile';
import {
  engineFailure,
  type Failure,
  failed,
  failuresOf,
  ok,
  type Place,
  type Result,
} from '@prism-build/errors';
import type { FindSource } from './copyStep';
import { joinAbsolute, withoutSlash } from './paths';
import type { RunMount } from './runStep';

type Mount = Extract<ResolvedInstruction, { keyword: 'RUN' }>['mounts'][number];

/** Plans a mount of RUN. Reports everything that the engines cannot do. */
export function planMount(mount: Mount, at: Place, working: string, find: FindSource): Result<RunMount> {
  const { type, options } = mount;
  const failures: Failure[] = [];
  const refuse = (what: string) => failures.push(engineFailure('RUN_NOT_SUPPORTED', { what, at }));
  const done = (planned: RunMount) => (failures.length > 0 ? failed(...failures) : ok(planned));
  // Engines split mount flags at blanks and commas, and have no escape for them.
  for (const [name, value] of Object.entries(options))
    if (/[\s,"'\\]/.test(value)) refuse(`${name}=${value} of the ${type} mount`);
  const need = (target: string | undefined): string => {
    const path = withoutSlash(joinAbsolute(working, target || '/'));
    if (!target) refuse(`the ${type} mount has no target`);
    else if (path === '/') refuse(`the ${type} mount has the target ${target}, which is the root`);
    return path;
  };
  const owned = {
    ...(options.mode !== undefined && { mode: options.mode }),
    ...(options.uid !== undefined && { uid: options.uid }),
    ...(options.gid !== undefined && { gid: options.gid }),
  };
  const writable = options.readonly === 'false';
  const readonly = options.readonly === 'true';
  switch (type) {
    case 'bind': {
      const from = find(mount.origin, at);
      failures.push(...failuresOf(from));
      const source = mount.source === '.' ? '' : mount.source;
      const target = need(mount.target);
      return from.ok ? done({ type, from: from.value, source, target, writable }) : failed(...failures);
    }
    case 'cache': {
      const target = need(mount.target);
      if (options.from !== undefined || options.source !== undefined)
        refuse('a cache mount that starts with files (from, source)');
      if (readonly) refuse('a cache mount that cannot be written (readonly)');
      const { sharing } = options;
      const known = sharing === 'private' || sharing === 'locked' ? sharing : 'shared';
      return done({ type, id: options.id ?? target, target, sharing: known, ...owned });
    }
    case 'tmpfs': {
      if (readonly) refuse('a tmpfs mount that cannot be written (readonly)');
      const size = options.size === undefined ? {} : { size: Number(options.size) };
      return done({ type, target: need(mount.target), ...size });
    }
    case 'secret': {
      const id = options.id ?? mount.target?.split('/').at(-1) ?? '';
      if (id === '') refuse('the secret mount has neither id nor target');
      if (options.env !== undefined)
        refuse(`the secret ${id} as an environment variable (env=${options.env})`);
      if (writable) refuse(`the secret ${id} as a file that can be written (readwrite)`);
      const target = need(mount.target ?? `/run/secrets/${id.split('/').at(-1)}`);
      return done({ type, id, target, required: options.required === 'true', ...owned });
    }
    default:
      refuse(`a mount of the type ${type}`);
      return failed(...failures);
  }
}
