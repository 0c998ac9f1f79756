import { type Platform, parseHeredocMark, type ResolvedInstruction } from '@prism-build/containerfile';
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
  if (security === 'insecure') refuse('--security=insecure gives a command more than a container has');
  else if (security !== 'sandbox') refuse(`--security=${security} is neither sandbox nor insecure`);
  for (const device of run.devices) refuse(`--device=${device}: a command gets no devices of the machine`);
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
  if (first && !second && parseHeredocMark(command.script.trim()) !== undefined) {
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
      const from = findSource(mount.origin, at, origins);
      const source = mount.source === '.' ? '' : mount.source;
      return [{ type, from, source, target: need(mount.target), writable }];
    }
    case 'cache': {
      const target = need(mount.target);
      if (options.from !== undefined || options.source !== undefined)
        refuse('a cache mount that starts with files (from, source)');
      if (readonly) refuse('a cache mount that cannot be written (readonly)');
      const { sharing } = options;
      const known = sharing === 'private' || sharing === 'locked' ? sharing : 'shared';
      return [{ type, id: options.id ?? target, target, sharing: known, ...owned }];
    }
    case 'tmpfs': {
      if (readonly) refuse('a tmpfs mount that cannot be written (readonly)');
      const size = options.size === undefined ? {} : { size: Number(options.size) };
      return [{ type, target: need(mount.target), ...size }];
    }
    case 'secret': {
      const id = options.id ?? mount.target?.split('/').at(-1) ?? '';
      if (id === '') refuse('the secret mount has neither id nor target');
      if (options.env !== undefined)
        refuse(`the secret ${id} as an environment variable (env=${options.env})`);
      if (writable) refuse(`the secret ${id} as a file that can be written (readwrite)`);
      const target = need(mount.target ?? `/run/secrets/${id.split('/').at(-1)}`);
      return [{ type, id, target, required: options.required === 'true', ...owned }];
    }
    default:
      refuse(`a mount of the type ${type}`);
      return [];
  }
}
