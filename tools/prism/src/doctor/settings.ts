import type { Facts } from './facts';

/** A setting of containers.conf with its benefit and its cost in isolation. */
export interface Setting {
  readonly table: 'containers' | 'engine' | 'network';
  readonly key: string;
  /** As TOML. */
  readonly value: string;
  readonly gives: string;
  readonly costs: string;
  /** Whether `--write` writes it. Settings that weaken isolation are only printed. */
  readonly safe: boolean;
}

const host = (key: string, gives: string, costs: string): Setting => ({
  table: 'containers',
  key,
  value: key === 'cgroups' ? '"disabled"' : '"host"',
  gives,
  costs,
  safe: false,
});

/** All settings in order, without those that this machine cannot use. */
export function listSettings({ engine, systemd }: Facts): Setting[] {
  const settings: Setting[] = [
    host(
      'netns',
      'no network set-up at a start',
      'every port of the host is open to the container, and the other way round',
    ),
    host(
      'userns',
      'no mapping of owners',
      "root in the container is the user who started it, with that user's files",
    ),
    host(
      'ipcns',
      'shared memory with the host',
      'the container reads and writes shared memory of other programs',
    ),
    host(
      'utsns',
      'nothing that builds would notice',
      'the container sees, and as root sets, the name of the host',
    ),
    host('cgroupns', 'nothing that builds would notice', 'the container sees the cgroups of the host'),
    host(
      'cgroups',
      'starts where cgroups cannot be written',
      'no limits, no statistics, and children may survive a stop',
    ),
    {
      table: 'containers',
      key: 'log_driver',
      value: '"k8s-file"',
      gives: 'logs that need no journal',
      costs: 'logs are not in journalctl',
      safe: true,
    },
    {
      table: 'containers',
      key: 'pids_limit',
      value: '2048',
      gives: 'a fork bomb ends in its container',
      costs: 'a program with more processes fails',
      safe: true,
    },
    {
      table: 'engine',
      key: 'cgroup_manager',
      value: '"cgroupfs"',
      gives: 'works without systemd',
      costs: 'with systemd: two managers of one tree; only for machines without',
      safe: !systemd,
    },
    {
      table: 'engine',
      key: 'events_logger',
      value: '"file"',
      gives: 'events that need no journal',
      costs: 'podman events shows no older ones of the journal',
      safe: true,
    },
    {
      table: 'engine',
      key: 'runtime',
      value: '"crun"',
      gives: 'starts containers a little faster than runc',
      costs: 'nothing where it is installed; every container fails where it is not',
      safe: engine?.runtime === 'crun',
    },
    {
      table: 'network',
      key: 'network_backend',
      value: '"netavark"',
      gives: 'faster set-up than CNI',
      costs: 'networks made with CNI are not seen; needs podman system reset',
      safe: engine?.networkBackend === 'netavark',
    },
  ];
  // Limits need a writable cgroup.
  const pids = engine?.rootless === true && engine.cgroups === 'v1';
  return settings.filter(({ key }) => !(pids && key === 'pids_limit'));
}

/** containers.conf(5) with the safe settings, and the others as comments, each explained. */
export function formatSettings(settings: readonly Setting[]): string {
  const tables = ['containers', 'engine', 'network'] as const;
  const blocks = tables.map((table) => {
    const own = settings.filter((one) => one.table === table);
    const lines = own.map(({ key, value, gives, costs, safe }) => {
      return `# ${gives}; gives away: ${costs}\n${safe ? '' : '# '}${key} = ${value}\n`;
    });
    return own.length === 0 ? '' : `\n[${table}]\n${lines.join('')}`;
  });
  return `${mark}${blocks.join('')}`;
}

/** The first line identifies a drop-in that the doctor wrote. */
export const mark = '# Written by nx g prism:doctor --write; delete this file to take it back.\n';

/** Whether the drop-in may be written. A file that the doctor did not write is never overwritten. */
export function mayWrite({ dropIn }: Pick<Facts, 'dropIn'>): boolean {
  return dropIn.text === undefined || dropIn.text.startsWith(mark);
}
