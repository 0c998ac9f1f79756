import type { EngineFacts, StartFacts } from './facts';
import { better, type Finding, good, missing } from './finding';
import { commandFor, type System, useOverlay } from './systems';

/** The IDs that images may use: 65534 is nobody, 65532 the user of images without a distribution. */
const wantedIds = 65_536;

/** What the rights of the user decide: the storage driver, user IDs, and resource limits. Pure. */
export function examineRights(
  engine: EngineFacts,
  starts: StartFacts | undefined,
  system: System,
): Finding[] {
  const { rootless } = engine;
  return [
    ...(rootless === undefined ? [] : [good('rights', rootless ? 'rootless' : 'rootful')]),
    ...examineStorage(engine, starts, system),
    ...examineIds(engine, starts),
    ...examineCgroups(engine, starts),
  ];
}

function examineStorage(
  { storageDriver, mountProgram, rootless }: EngineFacts,
  starts: StartFacts | undefined,
  system: System,
): Finding[] {
  if (storageDriver === undefined) return [];
  const closed = starts?.fuse === 'closed' && rootless;
  if (storageDriver !== 'vfs') {
    if (mountProgram === undefined || !closed) return [good('storage driver', storageDriver)];
    const found = `${storageDriver} by ${mountProgram}, and this user may not open /dev/fuse: no container starts`;
    return [missing('storage driver', found, 'sudo chmod 666 /dev/fuse')];
  }
  const slow = (todo: string) => [better('storage driver', 'vfs copies every layer', todo)];
  if (!starts) return slow(commandFor(system, 'overlay'));
  if (rootless && starts.kernelOverlay) return slow(useOverlay(starts.storage.path, 'kernel'));
  if (!starts.fuseOverlayfs) return slow(commandFor(system, 'overlay'));
  const todo = useOverlay(starts.storage.path, 'fuse-overlayfs');
  return slow(closed ? `sudo chmod 666 /dev/fuse, then ${todo}` : todo);
}

function examineIds({ rootless, ids }: EngineFacts, starts: StartFacts | undefined): Finding[] {
  if (!rootless || !starts || ids === undefined || ids >= wantedIds) return [];
  const range = `${starts.freeIds}-${starts.freeIds + wantedIds - 1}`;
  const found = `${ids} of ${wantedIds} user IDs; images with files of other users cannot be loaded`;
  const todo = `sudo usermod --add-subuids ${range} --add-subgids ${range} $USER && podman system migrate`;
  return [missing('user ids', found, todo)];
}

/** What systemd passes on to users by default depends on its version; cpu came last. */
const delegate =
  "sudo mkdir -p /etc/systemd/system/user@.service.d && printf '[Service]\\nDelegate=cpu memory pids\\n' | sudo tee /etc/systemd/system/user@.service.d/delegate.conf && sudo systemctl daemon-reload # then log in again";

function examineCgroups(
  { rootless, cgroups, cgroupManager, controllers }: EngineFacts,
  starts: StartFacts | undefined,
): Finding[] {
  if (cgroups === undefined) return [];
  if (rootless && cgroups === 'v1') {
    const found = 'v1: no limits without root; stacks run without theirs';
    return [better('cgroups', found, 'boot with systemd.unified_cgroup_hierarchy=1')];
  }
  const lacks = ['cpu', 'memory', 'pids'].filter((one) => controllers && !controllers.includes(one));
  if (rootless && starts && lacks.length > 0) {
    const found = `${cgroups}, without ${lacks.join(', ')}: stacks run without these limits`;
    return [better('cgroups', found, delegate)];
  }
  return [good('cgroups', [cgroups, cgroupManager].filter(Boolean).join(', '))];
}
