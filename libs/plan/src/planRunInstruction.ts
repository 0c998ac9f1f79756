import { type Platform, parseHeredocMark, type ResolvedInstruction } from '@prism-build/containerfile';
import {
  all,
  engineFailure,
  type Failure,
  failed,
  failuresOf,
  ok,
  type Place,
  type Result,
} from '@prism-build/errors';
import type { FindSource } from './copyStep';
import { planMount } from './planMount';
import { type RunStep, scriptPath } from './runStep';

type Run = Extract<ResolvedInstruction, { keyword: 'RUN' }>;

/** The state that a command inherits from the instructions above it. */
export interface RunState {
  readonly platform: Platform;
  readonly working: string;
  readonly user: string | undefined;
  readonly shell: readonly string[];
}

/** Plans RUN as a step. Reports everything that the engines cannot do. */
export function planRunInstruction(run: Run, at: Place, state: RunState, find: FindSource): Result<RunStep> {
  const { network = 'default' } = run;
  const mounts = all(run.mounts.map((mount) => planMount(mount, at, state.working, find)));
  const failures = [...refuseFlags(run, at), ...failuresOf(mounts)];
  if (!mounts.ok || failures.length > 0) return failed(...failures);
  const { argv, script } = commandOf(run, state.shell);
  return ok({
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
    mounts: mounts.value,
  });
}

function refuseFlags({ network = 'default', security = 'sandbox', devices }: Run, at: Place): Failure[] {
  const problems: string[] = [];
  if (network !== 'default' && network !== 'none' && network !== 'host')
    problems.push(`--network=${network} is none of default, none and host`);
  if (security === 'insecure') problems.push('--security=insecure gives a command more than a container has');
  else if (security !== 'sandbox') problems.push(`--security=${security} is neither sandbox nor insecure`);
  for (const device of devices) problems.push(`--device=${device}: a command gets no devices of the machine`);
  return problems.map((what) => engineFailure('RUN_NOT_SUPPORTED', { what, at }));
}

/** The argument vector as in BuildKit: a single heredoc is the script; otherwise heredocs are part of the shell's text. */
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
