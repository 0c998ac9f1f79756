import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repository } from './plugin';
import type { Workspace } from './workspace';

/** A static busybox for an architecture: the installed one, or one from Debian's package, which apt fetches once. */
export function busybox(architecture = 'amd64'): string {
  const installed = '/bin/busybox';
  const host = process.arch === 'x64' ? 'amd64' : process.arch;
  if (architecture === host && fs.existsSync('/usr/share/doc/busybox-static')) return installed;
  const cache = process.env.PRISM_CACHE_DIR ?? join(repository, '.prism', 'cache');
  const kept = join(cache, 'tests', `busybox-${architecture}`);
  if (fs.existsSync(kept)) return kept;
  const directory = fs.mkdtempSync(join(tmpdir(), 'prism-busybox-'));
  try {
    fs.chmodSync(directory, 0o777);
    const options = { cwd: directory, stdio: 'pipe' } as const;
    execFileSync('apt-get', ['download', '-qq', `busybox-static:${architecture}`], options);
    const deb = fs.readdirSync(directory).find((name) => name.endsWith('.deb'))!;
    execFileSync('dpkg-deb', ['-x', deb, 'files'], options);
    fs.mkdirSync(join(cache, 'tests'), { recursive: true });
    fs.copyFileSync(join(directory, 'files/bin/busybox'), `${kept}.${process.pid}`);
    fs.renameSync(`${kept}.${process.pid}`, kept);
    return kept;
  } finally {
    fs.rmSync(directory, { recursive: true, force: true });
  }
}

const commands =
  'sh cat chmod cp echo env false find id ln ls mkdir mv pwd rm sed sleep sort stat test touch true wc';

/** The component `svc/shell`, localhost/shell: busybox with its usual names, as a base for RUN commands. */
export function writeShellBase(workspace: Workspace, architectures = ['amd64']): void {
  const links = commands.split(' ');
  workspace.write(
    'svc/shell/Containerfile',
    'FROM scratch\nARG TARGETARCH\nCOPY $TARGETARCH /bin/\nCOPY etc /etc/\n',
  );
  workspace.write('svc/shell/etc/passwd', 'root:x:0:0::/:/bin/sh\nweb:x:7:8::/home/web:/bin/sh\n');
  workspace.write('svc/shell/etc/group', 'root:x:0:\nweb:x:8:\n');
  for (const architecture of architectures) {
    workspace.write(`svc/shell/${architecture}/busybox`, fs.readFileSync(busybox(architecture)), 0o755);
    for (const name of links) fs.symlinkSync('busybox', workspace.path(`svc/shell/${architecture}/${name}`));
  }
  writePlatforms(workspace, 'shell', architectures);
}

/** Restricts a component to some platforms: without emulation, a machine can run only its own commands. */
export function writePlatforms(
  workspace: Workspace,
  name: string,
  architectures = ['amd64'],
  more: Readonly<Record<string, unknown>> = {},
): void {
  const platforms = architectures.map((one) => `linux/${one}`);
  const options = { platforms, ...more };
  workspace.write(`svc/${name}/project.json`, JSON.stringify({ targets: { 'build-image': { options } } }));
}
