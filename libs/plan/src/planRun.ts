import type { Platform, ResolvedInstruction } from '@prism-build/containerfile';
import { engineFailure, type Failure, type Place } from '@prism-build/errors';
import { type CopyOrigins, findSource } from './copyStep';
import { joinAbsolute, withoutSlash } from './paths';
import { type RunMount, type RunStep, scriptPath } from './runStep';

type Run = Extract<ResolvedInstruction, { keyword: 'RUN' }>;
type Mount = Run['mounts'][number];

/** What a command inherits from the instructions above it. */
export interface RunState {
  readonly platform: Platform;
  readonly working: string;
  readonly user: string | undefined;
  readonly shell: readonly string[];
}

/** RUN as a step; reports what no engine here can do. */
export function planRun(
  run: Run,
  at: Place,
  state: RunState,
  origins: CopyOrigins,
  failures: Failure[],
): RunStep {
  const refuse = (what: string) => failures.push(engineFailure('RUN_NOT_SUPPORTED', { what, at }));
  const { network = 'default', security = 'sandbox' } = run;
  if (network !== 'default' && network !== 'none' && network !== 'host')
    refuse(`--network=${network} is none of default, none and host`);
  if (security !== 'sandbox') refuse(`--security=${security} gives a command more than a container has`);
  const { argv, script } = commandOf(run, state.shell);
  return {
    op: 'run',
    line: run.line,
    text: run.text,
    platform: state.platform,
    argv,
    ...(script !== undefined && { script }),
    environment: run.env,
    working: state.working,
    ...(state.user && { user: state.user }),
    network: network === 'none' || network === 'host' ? network : 'default',
    mounts: run.mounts.flatMap((mount) => planMount(mount, at, state.working, origins, refuse)),
  };
}

/** The argument vector as BuildKit makes it: a heredoc alone is the script, others belong to the shell's text. */
function commandOf({ command, heredocs }: Run, shell: readonly string[]): Pick<RunStep, 'argv' | 'script'> {
  if (command.form === 'exec') return { argv: command.argv };
  const [first, second] = heredocs;
  if (first && !second && /^\d*<<-?\s*\S+$/.test(command.script.trim())) {
    return first.content.startsWith('#!')
      ? { argv: [scriptPath], script: first.content }
      : { argv: [...shell, first.content] };
  }
  const bodies = heredocs.map(({ content, name }) => `\n${content}${name}`);
  return { argv: [...shell, `${command.script}${bodies.join('')}`] };
}

function planMount(
  mount: Mount,
  at: Place,
  working: string,
  origins: CopyOrigins,
  refuse: (what: string) => void,
): RunMount[] {
  const { type, options } = mount;
  // Engines split flags at blanks and commas, and have no way to say otherwise.
  for (const [name, value] of Object.entries(options))
    if (/[\s,"'\\]/.test(value)) refuse(`${name}=${value} of the ${type} mount`);
  const need = (target: string | undefined): string => {
    if (!target) refuse(`the ${type} mount has no target`);
    return withoutSlash(joinAbsolute(working, target ?? '/'));
  };
  const owned = {
    ...(options.mode !== undefined && { mode: options.mode }),
    ...(options.uid !== undefined && { uid: options.uid }),
    ...(options.gid !== undefined && { gid: options.gid }),
  };
  switch (type) {
    case 'bind': {
      const from = findSource(mount.origin, at, origins);
      const source = mount.source === '.' ? '' : mount.source;
      return [{ type, from, source, target: need(mount.target), writable: isWritable(options) }];
    }
    case 'cache': {
      const target = need(mount.target);
      const sharing = options.sharing ?? 'shared';
      if (sharing !== 'shared' && sharing !== 'private' && sharing !== 'locked')
        refuse(`sharing=${sharing} is none of shared, private and locked`);
      if (options.from !== undefined) refuse('a cache mount that starts with files (from)');
      const known = sharing === 'private' || sharing === 'locked' ? sharing : 'shared';
      return [{ type, id: options.id ?? target, target, sharing: known, ...owned }];
    }
    case 'tmpfs':
      return [{ type, target: need(mount.target) }];
    case 'secret': {
      const id = options.id ?? mount.target?.split('/').at(-1) ?? '';
      if (id === '') refuse('the secret mount has neither id nor target');
      if (options.env !== undefined) refuse(`the secret ${id} as an environment variable (env)`);
      const target = need(mount.target ?? `/run/secrets/${id}`);
      return [{ type, id, target, required: options.required !== 'false', ...owned }];
    }
    default:
      refuse(`a mount of the type ${type}`);
      return [];
  }
}

function isWritable(options: Mount['options']): boolean {
  const on = (name: string) => options[name] !== undefined && options[name] !== 'false';
  return on('rw') || on('readwrite') || options.ro === 'false' || options.readonly === 'false';
}
