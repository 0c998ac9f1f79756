import type { Command, ResolvedInstruction, ResolvedStage } from '@prism-build/containerfile';
import type { ImageSettings } from '@prism-build/oci';
import { joinAbsolute, withoutSlash } from './paths';

/** The shell of shell-form instructions without SHELL. */
export const defaultShell: readonly string[] = ['/bin/sh', '-c'];

/**
 * The image configuration after a stage's instructions, starting from that of its base.
 * As in the engines, ENTRYPOINT resets the CMD of the base, but not that of the same stage.
 */
export function planSettings(stage: ResolvedStage, base: ImageSettings): ImageSettings {
  let settings: ImageSettings = base;
  let commandSet = false;
  for (const instruction of stage.instructions) {
    settings = applySetting(settings, instruction, commandSet);
    commandSet ||= instruction.keyword === 'CMD';
  }
  return { ...settings, env: listEnvironment(stage, base).map((name) => `${name}=${stage.env[name]}`) };
}

/** Names in Podman's order: names that a stage sets come after inherited ones, even if they were inherited before. */
function listEnvironment({ env, instructions }: ResolvedStage, base: ImageSettings): string[] {
  if (base.env === undefined) return Object.keys(env);
  const pairs = instructions.flatMap((each) => (each.keyword === 'ENV' ? each.pairs : []));
  const own = new Set(pairs.map(({ name }) => name));
  const inherited = base.env.map((variable) => variable.slice(0, variable.indexOf('=')));
  return [...inherited.filter((name) => !own.has(name)), ...own];
}

function applySetting(
  settings: ImageSettings,
  instruction: ResolvedInstruction,
  commandSet: boolean,
): ImageSettings {
  switch (instruction.keyword) {
    case 'USER':
      return { ...settings, user: instruction.user };
    case 'WORKDIR':
      return {
        ...settings,
        workingDir: withoutSlash(joinAbsolute(settings.workingDir || '/', instruction.path)),
      };
    case 'LABEL': {
      const labels = Object.fromEntries(instruction.pairs.map(({ name, value }) => [name, value]));
      return { ...settings, labels: { ...settings.labels, ...labels } };
    }
    case 'EXPOSE':
      return { ...settings, exposedPorts: union(settings.exposedPorts, instruction.ports.map(withProtocol)) };
    case 'VOLUME':
      return { ...settings, volumes: union(settings.volumes, instruction.paths) };
    case 'STOPSIGNAL':
      return { ...settings, stopSignal: instruction.signal };
    case 'SHELL':
      return { ...settings, shell: instruction.argv };
    case 'CMD':
      return { ...settings, cmd: toArgv(instruction.command, settings) };
    case 'ENTRYPOINT':
      return {
        ...settings,
        entrypoint: toArgv(instruction.command, settings),
        ...(!commandSet && { cmd: undefined }),
      };
    case 'MAINTAINER':
      return { ...settings, author: instruction.author };
    case 'HEALTHCHECK':
      return { ...settings, healthcheck: toHealthcheck(instruction.check, settings) };
    default:
      return settings;
  }
}

function toArgv(command: Command, settings: ImageSettings): readonly string[] {
  return command.form === 'exec' ? command.argv : [...(settings.shell ?? defaultShell), command.script];
}

type Check = Extract<ResolvedInstruction, { keyword: 'HEALTHCHECK' }>['check'];

function toHealthcheck(check: Check, settings: ImageSettings): NonNullable<ImageSettings['healthcheck']> {
  if (check.kind === 'none') return { test: ['NONE'] };
  const { command } = check;
  const shell = settings.shell ? ['CMD', ...settings.shell] : ['CMD-SHELL'];
  return {
    test: command.form === 'exec' ? ['CMD', ...command.argv] : [...shell, command.script],
    interval: check.interval || undefined,
    timeout: check.timeout || undefined,
    startPeriod: check.startPeriod || undefined,
    startInterval: check.startInterval || undefined,
    retries: check.retries || undefined,
  };
}

function withProtocol(port: string): string {
  return port.includes('/') ? port : `${port}/tcp`;
}

function union(known: readonly string[] | undefined, more: readonly string[]): string[] {
  return [...new Set([...(known ?? []), ...more])];
}
