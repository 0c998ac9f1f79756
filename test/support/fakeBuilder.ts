import * as fs from 'node:fs';
import { busybox } from './busybox';
import { writePin } from './components';
import type { Workspace } from './workspace';

/**
 * Replaces a compiler: writes an ELF header for the architecture, the sources, and a few properties of its
 * environment. Its fetch call records that it may use the network.
 */
const compiler = `#!/bin/sh
if [ "$1" = mod ]; then readlink /proc/self/ns/net > "$GOMODCACHE/network"; exit 0; fi
for word; do [ "$before" = -o ] && out=$word; before=$word; last=$word; done
name=\${last##*/}
case "$GOARCH" in arm64) machine='\\267' ;; *) machine='\\076' ;; esac
{ printf '\\177ELF\\002\\001\\001\\000\\000\\000\\000\\000\\000\\000\\000\\000\\002\\000'; printf "$machine\\000"
  cat "$last"/*.go; } > "$out/$name"
chmod 755 "$out/$name"
if grep -q PROBE "$last"/main.go; then
  touch main.go 2>/dev/null || echo 'sources read-only'
  touch "$GOMODCACHE/x" 2>/dev/null || echo 'dependencies read-only'
  touch "$GOCACHE-x" && echo 'cache writable'
  echo "interfaces $(ls /sys/class/net | wc -l)"
  echo "token=$SECRET_OF_THE_USER."
  exit 1
fi
`;

const names = ['sh', 'cat', 'chmod', 'grep', 'ls', 'printf', 'touch', 'wc'];

/** The component base-go-builder with a fast fake compiler, Go 9.9.9 by its pin; for amd64 only. */
export function writeFakeBuilder(workspace: Workspace): void {
  const base = 'containerfiles/go-builder';
  workspace.write(
    `${base}/Containerfile`,
    'FROM scratch\nCOPY bin /bin/\nCOPY go /usr/local/go/\nENV PATH=/usr/local/go/bin:/bin\nUSER 65532\n',
  );
  workspace.write(`${base}/bin/busybox`, fs.readFileSync(busybox()), 0o755);
  for (const name of names) fs.symlinkSync('busybox', workspace.path(`${base}/bin/${name}`));
  workspace.write(`${base}/go/bin/go`, compiler, 0o755);
  workspace.write(`${base}/go/VERSION`, 'go9.9.9\ntime x\n');
  workspace.write(
    `${base}/project.json`,
    JSON.stringify({ targets: { 'build-image': { options: { platforms: ['linux/amd64'] } } } }),
  );
  writePin(workspace, '9.9.9');
}
