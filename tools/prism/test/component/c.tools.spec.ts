// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${SRCDIR} is a variable of cgo.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf } from '../../../../test/support/components';
import { repository } from '../../../../test/support/plugin';
import { makeWorkspace, type Workspace } from '../../../../test/support/workspace';
import { cache } from './generated';

// Zig compiles the C library once for each target, a minute of two cores. The repository's cache keeps it for the e2e tests.
jest.setTimeout(900_000);
const workspaces: Workspace[] = [];
const stage = (from: string, run: string, env = '') =>
  `FROM localhost/prism/base-${from} AS compile\nWORKDIR /src\n${env}COPY . .\nRUN ${run}\nFROM scratch\nCOPY --from=compile /out/x /x\nENTRYPOINT ["/x"]\n`;
const header = '#include <stdio.h>\nstatic inline void say(void) { printf("one\\n%s\\n", __FILE__); }\n';

function make(prefix: string): Workspace {
  const workspace = makeWorkspace();
  workspaces.push(workspace);
  for (const base of ['go-builder', 'c-builder'])
    workspace.write(
      `containerfiles/${base}/pin.json`,
      readFileSync(join(repository, 'containerfiles', base, 'pin.json'), 'utf8'),
    );
  const c = `svc/${prefix}c`;
  workspace.write(
    `${c}/Containerfile`,
    stage('c-builder', '["cc", "-O2", "-Iinc", "-o", "/out/x", "main.c"]'),
  );
  workspace.write(`${c}/main.c`, '#include "say.h"\nint main(void) { say(); return 0; }\n');
  workspace.write(`${c}/inc/say.h`, header);
  const go = `svc/${prefix}go`;
  workspace.write(`${go}/Containerfile`, stage('go-builder', '["compile-go", "./x"]', 'ENV CGO_ENABLED=1\n'));
  workspace.write(`${go}/go.mod`, `module example.com/x\n\ngo 1.21\n`);
  workspace.write(
    `${go}/x/main.go`,
    'package main\n\n// #cgo CFLAGS: -I${SRCDIR}/../inc -I/usr/include\n// #include "say.h"\n// void flush(void);\nimport "C"\n\nfunc main() { C.say(); C.flush() }\n',
  );
  workspace.write(`${go}/x/flush.c`, '#include <stdio.h>\nvoid flush(void) { fflush(stdout); }\n');
  workspace.write(`${go}/inc/say.h`, header);
  const sqlite = `svc/${prefix}sqlite`;
  // Without optimisation: the 250,000 lines of SQLite compile in a fraction of the time.
  const env = 'ENV CGO_ENABLED=1 CGO_CFLAGS=-O0\n';
  workspace.write(`${sqlite}/Containerfile`, stage('go-builder', '["compile-go", "./x"]', env));
  for (const [path, text] of Object.entries(sqliteModule)) workspace.write(`${sqlite}/${path}`, text);
  return workspace;
}

const sqliteModule = {
  'go.mod': 'module example.com/x\n\ngo 1.21\n\nrequire github.com/mattn/go-sqlite3 v1.14.32\n',
  'go.sum': `github.com/mattn/go-sqlite3 v1.14.32 h1:JD12Ag3oLy1zQA+BNn74xRgaBbdhbNIDYvQUEuuErjs=
github.com/mattn/go-sqlite3 v1.14.32/go.mod h1:Uh1q+B4BYcTPb+yiD3kU8Ct7aC0hY9fxUwlHK0RXw+Y=
`,
  'x/main.go': `package main

import (
	"database/sql"
	"fmt"

	_ "github.com/mattn/go-sqlite3"
)

func main() {
	db, err := sql.Open("sqlite3", ":memory:")
	if err != nil {
		panic(err)
	}
	var text string
	if err := db.QueryRow("SELECT 'one'").Scan(&text); err != nil {
		panic(err)
	}
	fmt.Println(text)
	fmt.Println("main.go")
}
`,
};

afterAll(() => {
  for (const workspace of workspaces) workspace.remove();
});

test('C, and C in Go, with SQLite: static programs for both platforms, the same in another place', async () => {
  const [one, two] = [make(''), make('')];
  const build = (workspace: Workspace) =>
    workspace.nx(['run-many', '-t', 'build-image', '-p', 'c,go,sqlite'], { PRISM_CACHE_DIR: cache });
  const built = await build(one);
  if (built.status !== 0) throw new Error(built.output);
  const own = process.arch === 'x64' ? 'amd64' : process.arch;
  for (const [name, file] of [
    ['c', 'inc/say.h'],
    ['go', '/x/../inc/say.h'],
    ['sqlite', 'main.go'],
  ] as const) {
    const programs = ['amd64', 'arm64'].map((one_) => one.path(`dist/compile/${name}/linux-${one_}/x`));
    expect(programs.map((path) => readFileSync(path).readUInt16LE(18))).toEqual([62, 183]);
    for (const path of programs) {
      const text = readFileSync(path, 'latin1');
      expect([text.includes(cache), text.includes(one.path('')), text.includes('go-build')]).toEqual([
        false,
        false,
        false,
      ]);
    }
    const program = one.path(`dist/compile/${name}/linux-${own}/x`);
    const printed = execFileSync(program, { encoding: 'utf8' }).split('\n');
    expect(printed[0]).toBe('one');
    expect(printed[1]).toContain(file.split('/').at(-1));
    const qemu = '/usr/bin/qemu-aarch64-static';
    if (own !== 'arm64' && existsSync(qemu))
      expect(
        execFileSync(qemu, [one.path(`dist/compile/${name}/linux-arm64/x`)], { encoding: 'utf8' }),
      ).toContain('one');
  }
  expect(await build(two)).toMatchObject({ status: 0 });
  for (const name of ['c', 'go', 'sqlite']) expect(digestOf(two, name)).toBe(digestOf(one, name));

  // A header that another directory has is in the key.
  one.write('svc/c/inc/say.h', header.replace('one', 'two'));
  one.write(
    'svc/go/x/main.go',
    one.read('svc/go/x/main.go').replace('-I/usr/include', '\n// #cgo LDFLAGS: -lfoo'),
  );
  const wrong = await build(one);
  expect(wrong.status).not.toBe(0);
  expect(wrong.output).toContain('there is no library foo');
  expect(execFileSync(one.path(`dist/compile/c/linux-${own}/x`), { encoding: 'utf8' })).toContain('two');
});

test('the shim of nx dev is what its source compiles to', () => {
  const env = { ...process.env, PRISM_CACHE_DIR: cache };
  expect(() =>
    execFileSync(join(repository, 'tools/prism/build-shim'), ['--check'], { env, stdio: 'pipe' }),
  ).not.toThrow();
});
