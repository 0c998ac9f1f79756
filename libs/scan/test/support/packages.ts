import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { goSettings } from '../../../../test/support/goSettings';

/** Files of a layer by path. */
export type Files = Readonly<Record<string, string | Uint8Array>>;

/** An installed Python distribution. */
export const python = (name: string, version: string): Files => ({
  [`usr/lib/python3/dist-packages/${name}-${version}.dist-info/METADATA`]: `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n\n`,
});

/** An installed package of npm. */
export const node = (name: string, version: string): Files => ({
  [`app/node_modules/${name}/package.json`]: JSON.stringify({ name, version }),
});

/** A Debian system with one package for each architecture. */
export const debian = (name: string, version: string, architecture = 'amd64', release = '12'): Files => ({
  'etc/os-release': `ID=debian\nVERSION_ID="${release}"\n`,
  'etc/debian_version': `${release}.1\n`,
  'var/lib/dpkg/status': `Package: ${name}\nStatus: install ok installed\nArchitecture: ${architecture}\nVersion: ${version}\nMaintainer: x\nDescription: x\n\n`,
});

function withDirectory<T>(work: (directory: string) => T): T {
  const directory = mkdtempSync(join(tmpdir(), 'prism-packages-'));
  try {
    return work(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/**
 * A Go program whose build information names a module. The module is vendored and empty, so nothing is fetched; the
 * program does nothing, so the compiler is quick.
 */
export function go(module: string, version: string): Files {
  const main = `package main\n\nimport _ "${module}/empty"\n\nfunc main() {}\n`;
  return { app: buildGo(module, version, 'empty', main, 'package empty\n', true) };
}

/**
 * A Go program that calls `Parse` of golang.org/x/text/language, and not `ParseAcceptLanguage`. The module has only these two, and
 * the compiler inlines them.
 */
export function goText(version: string, stripped: boolean): Uint8Array {
  const module = 'golang.org/x/text';
  const main = `package main\n\nimport "${module}/language"\n\nfunc main() { language.Parse("en") }\n`;
  const functions = ['Parse', 'ParseAcceptLanguage'].map((name) => `func ${name}(s string) { println(s) }\n`);
  return buildGo(module, version, 'language', main, `package language\n\n${functions.join('\n')}`, stripped);
}

function buildGo(
  module: string,
  version: string,
  name: string,
  main: string,
  text: string,
  stripped: boolean,
): Uint8Array {
  return withDirectory((directory) => {
    const files = {
      'go.mod': `module example.com/app\n\ngo 1.24\n\nrequire ${module} ${version}\n`,
      'main.go': main,
      'vendor/modules.txt': `# ${module} ${version}\n## explicit; go 1.24\n${module}/${name}\n`,
      [`vendor/${module}/${name}/${name}.go`]: text,
    };
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), text);
    }
    const argv = ['build', '-trimpath', ...(stripped ? ['-ldflags=-s -w'] : []), '-o', 'app', '.'];
    const env = { ...process.env, ...goSettings, GOFLAGS: '-mod=vendor', GOWORK: 'off', GOPROXY: 'off' };
    execFileSync('go', argv, { cwd: directory, env, stdio: 'pipe' });
    return readFileSync(join(directory, 'app'));
  });
}

/** A program with the dependency list that cargo-auditable writes. Made of a small system program: Trivy reads the list only. */
export function rust(name: string, version: string): Files {
  const list = deflateSync(
    JSON.stringify({
      packages: [
        { name: 'app', version: '0.1.0', source: 'local', dependencies: [1], root: true },
        { name, version, source: 'crates.io' },
      ],
    }),
  );
  const program = withDirectory((directory) => {
    writeFileSync(join(directory, 'list'), list);
    execFileSync('objcopy', ['--add-section', '.dep-v0=list', '/bin/true', 'app'], { cwd: directory });
    return readFileSync(join(directory, 'app'));
  });
  return { 'bin/server': program };
}
