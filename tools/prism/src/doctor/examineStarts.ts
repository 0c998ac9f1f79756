import type { EngineFacts, StartFacts } from './facts';
import { better, type Finding, good, missing } from './finding';
import { commandFor, type System } from './systems';

/** The limit of open files that rootful Podman gives to containers. */
const wantedFiles = 1_048_576;

/** What keeps pods and containers of Podman from starting, before a start fails by it. Pure. */
export function examineStarts(engine: EngineFacts, facts: StartFacts, system: System): Finding[] {
  return [
    facts.catatonit
      ? good('pods', 'catatonit')
      : better('pods', 'no catatonit; stacks need it', commandFor(system, 'catatonit')),
    ...examineNames(engine, facts, system),
    ...examineRuntime(engine, facts),
    ...examineRootless(engine, facts),
    ...examineLimits(engine, facts),
  ];
}

function examineNames({ networkBackend }: EngineFacts, { names }: StartFacts, system: System): Finding[] {
  if (networkBackend !== 'cni' && networkBackend !== 'netavark') return [];
  if (names[networkBackend]) return [good('names in networks', networkBackend)];
  const program = networkBackend === 'cni' ? 'dnsname' : 'aardvark-dns';
  const found = `no ${program}; containers of a network do not find each other by name (those of a pod need none)`;
  return [better('names in networks', found, commandFor(system, program))];
}

/** On a hybrid machine, crun ends with status 126: it finds no cgroup that it may write. */
function examineRuntime({ runtime }: EngineFacts, { hybridCgroups }: StartFacts): Finding[] {
  if (runtime !== 'crun' || !hybridCgroups) return [];
  const found = 'crun on hybrid cgroups: containers end with status 126';
  return [
    missing('cgroups', found, 'install runc, and write runtime = "runc" below [engine] in containers.conf'),
  ];
}

function examineRootless({ rootless }: EngineFacts, { tun, lowestPort }: StartFacts): Finding[] {
  if (!rootless) return [];
  const findings: Finding[] = [];
  if (tun !== 'usable') {
    const state = tun === 'absent' ? 'no /dev/net/tun' : 'this user may not open /dev/net/tun';
    const found = `${state}: containers with a network end with status 126`;
    findings.push(
      missing('network', found, tun === 'absent' ? 'sudo modprobe tun' : 'sudo chmod 666 /dev/net/tun'),
    );
  }
  if (lowestPort !== undefined)
    findings.push(
      good(
        'ports',
        lowestPort > 80
          ? `from ${lowestPort} on; node_modules/prism/docs/stack.md says how to serve 80 and 443`
          : `from ${lowestPort} on`,
      ),
    );
  return findings;
}

function examineLimits(
  { rootless }: EngineFacts,
  { openFiles, mayRaiseLimits, limitsSet }: StartFacts,
): Finding[] {
  if (rootless || mayRaiseLimits || limitsSet || openFiles === undefined || openFiles >= wantedFiles)
    return [];
  const found = `${openFiles} open files, and this root may not raise it; containers may end with: error setting rlimit type 7`;
  const line = `default_ulimits = ["nofile=${openFiles}:${openFiles}"]`;
  return [better('limits', found, `write ${line} below [containers] in containers.conf`)];
}
