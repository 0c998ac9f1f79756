import { join, relative } from 'node:path';
import type { CompileRequest, Target } from '../language';
import { type Configuration, readConfigurations, setsTargetFlags } from './configuration';
import { flagsFor, setsFlagsFor } from './flags';
import { listRemaps } from './machinePaths';
import { tripleOf } from './targets';

/** Targets with the same environment, and with the same flags unless cargo can tell them apart by its variables. */
export function groupTargets(request: CompileRequest): Target[][] {
  const configurations = configurationsOf(request);
  const byVariables = !configurations.some(setsTargetFlags);
  const groups = new Map<string, Target[]>();
  for (const target of request.targets) {
    const environment = request.environment(target);
    const flags = byVariables ? [] : flagsFor(target, configurations, environment);
    const key = JSON.stringify([environment, flags]);
    groups.set(key, [...(groups.get(key) ?? []), target]);
  }
  return [...groups.values()];
}

/**
 * How a call of cargo gets the flags of a group of targets, with ours behind them. One variable sets those that all targets
 * share. Otherwise cargo itself takes a target's from CARGO_TARGET_<TRIPLE>_RUSTFLAGS, and appends ours.
 */
export function passFlags(request: CompileRequest): { argv: string[]; env: Record<string, string> } {
  const configurations = configurationsOf(request);
  const ours = ['-C', 'target-feature=+crt-static', ...listRemaps(request)];
  const sets = request.targets.map((target) => {
    const environment = request.environment(target);
    const flags = flagsFor(target, configurations, environment);
    return { target, flags, isSet: setsFlagsFor(target, environment) };
  });
  if (new Set(sets.map(({ flags }) => JSON.stringify(flags))).size === 1)
    return { argv: [], env: { CARGO_ENCODED_RUSTFLAGS: [...sets[0]!.flags, ...ours].join('\x1f') } };
  const argv = sets.map(({ target, flags, isSet }) => {
    const appended = JSON.stringify([...(isSet ? [] : flags), ...ours]);
    return `--config=target.${tripleOf(target)}.rustflags=${appended}`;
  });
  return { argv, env: {} };
}

function configurationsOf({ directories, text }: CompileRequest): readonly Configuration[] {
  const { source, working } = directories;
  return readConfigurations(relative(source, working), (path) => text(join(source, path)));
}
