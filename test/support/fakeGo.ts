import * as fs from 'node:fs';
import { join } from 'node:path';

/** A fast fake toolchain: its `go` writes an ELF header for the platform, and the sources without comments. */
export interface FakeGo {
  /** The directory to put on PATH. */
  readonly bin: string;
  readonly version: string;
  /** Every call so far: `<GOARCH> <package>`. */
  readonly calls: () => string[];
  /** Makes the compile of a command wait for `release`. */
  /** Makes `go mod download` fetch a copy of this toolchain without file modes, as in a module. */
  readonly offer: (version: string) => void;
  readonly hold: (command: string) => void;
  readonly release: (command: string) => void;
}

const script = `#!/bin/sh
root=$(cd "$(dirname "$0")/.." && pwd)
case "$3" in
  golang.org/toolchain@*)
    version=\${3#*-go}; version=\${version%.*}
    [ -e "$root/offers-$version" ] || { echo "no $version"; exit 1; }
    to=$GOMODCACHE/$3
    mkdir -p "$to/bin" && cat "$0" > "$to/bin/go" && echo "go$version" > "$to/VERSION" ;;
esac
[ "$1" = mod ] && exit 0
for word; do [ "$before" = -o ] && out=$word; before=$word; last=$word; done
name=\${last##*/}
echo "$GOARCH $name" >> "$root/calls"
while [ -e "$root/hold-$name" ]; do sleep 0.02; done
if grep -n BROKEN "$last"/*.go; then echo "$last/main.go:1:1: BROKEN"; exit 1; fi
case "$(cat "$root/arch" 2>/dev/null || echo "$GOARCH")" in arm64) machine='\\267' ;; *) machine='\\076' ;; esac
{ printf '\\177ELF\\002\\001\\001\\000\\000\\000\\000\\000\\000\\000\\000\\000\\002\\000'; printf "$machine\\000"
  grep -hv '^//' "$last"/*.go; } > "$out/$name"
chmod 755 "$out/$name"
`;

/** @param version the version in its VERSION file, which a pin must name */
export function makeFakeGo(root: string, version = '9.9.9'): FakeGo {
  fs.mkdirSync(join(root, 'bin'), { recursive: true });
  fs.writeFileSync(join(root, 'bin', 'go'), script, { mode: 0o755 });
  fs.writeFileSync(join(root, 'VERSION'), `go${version}\ntime x\n`);
  const calls = join(root, 'calls');
  return {
    bin: join(root, 'bin'),
    version,
    calls: () => (fs.existsSync(calls) ? fs.readFileSync(calls, 'utf8').split('\n').filter(Boolean) : []),
    offer: (offered) => fs.writeFileSync(join(root, `offers-${offered}`), ''),
    hold: (command) => fs.writeFileSync(join(root, `hold-${command}`), ''),
    release: (command) => fs.rmSync(join(root, `hold-${command}`), { force: true }),
  };
}
