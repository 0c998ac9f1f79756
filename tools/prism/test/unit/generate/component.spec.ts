import shipped from '../../../../../containerfiles/go-builder/pin.json';
import { component } from '../../../src/generate';
import { outcome, snapshot, treeOf } from './trees';

const pins = {
  'nx.json': '{"plugins":[{"plugin":"prism","options":{"prefix":"p"}}]}',
  'containerfiles/go-builder/pin.json': '{"language":"go","version":"1.26.8"}',
  'containerfiles/rust-builder/pin.json': '{"language":"rust","version":"1.94.0"}',
  'containerfiles/python-builder/pin.json': '{"language":"python","version":"3.11.2"}',
  'containerfiles/python-runtime/Containerfile': 'FROM scratch\n',
};
const main = 'package main\n\nfunc main() {}\n';

async function write(files: Record<string, string>, directory: string, options: object = {}) {
  const tree = treeOf(files);
  const before = snapshot(tree);
  const { output, error } = await outcome(() => component(tree, { directory, ...options }));
  if (error !== '') expect(snapshot(tree)).toEqual(before);
  const read = (name: string) => tree.read(`${directory}/${name}`, 'utf-8');
  return { tree, output, error, image: read('Containerfile'), settings: read('project.json') };
}

describe('Go', () => {
  const module = 'module a.b/api\n\ngo 1.26.0\n';

  test('a module alone is its own context', async () => {
    const files = {
      ...pins,
      'svc/api/go.mod': module,
      'svc/api/cmd/server/main.go':
        'package main\n\nimport "a.b/api/web"\n\nfunc main() { web.Serve(":8080") }\n',
      'svc/api/cmd/server/main_test.go': 'package main\n\nvar _ = ":9999"\n',
      'svc/api/web/web.go': 'package web\n\nconst admin = "127.0.0.1:8081"\n',
      'svc/api/unused/unused.go': 'package unused\n\n// #include <x.h>\nimport "C"\n',
    };
    const { error, image, settings, output, tree } = await write(files, 'svc/api');
    expect(error).toBe('');
    expect(image).toBe(`FROM localhost/p/base-go-builder AS compile
WORKDIR /src
COPY . .
RUN ["compile-go", "./cmd/server"]

FROM scratch
COPY --from=compile /out/server /server
USER 65532:65532
EXPOSE 8080
ENTRYPOINT ["/server"]
`);
    expect(settings).toBeNull();
    expect(output).toMatch(/^api: a program in Go, on port 8080$/m);
    const before = snapshot(tree);
    expect((await outcome(() => component(tree, { directory: 'svc/api' }))).error).toBe('');
    expect(snapshot(tree)).toEqual(before);
  });

  test('replace lines bring the modules that they lead to; project.json keeps what is in it', async () => {
    const { error, image, settings } = await write(
      {
        ...pins,
        'svc/api/go.mod': `${module}\nrequire a.b/lib v0.0.0\n\nreplace a.b/lib => ../../libs/lib\n`,
        'svc/api/main.go': main,
        'svc/api/project.json': '{\n  // mine\n  "name": "the-api"\n}\n',
        'libs/lib/go.mod': 'module a.b/lib\n\ngo 1.26.0\n',
      },
      'svc/api',
      { ports: '8443' },
    );
    expect(error).toBe('');
    expect(image).toContain('WORKDIR /src/svc/api\nCOPY svc/api /src/svc/api\nCOPY libs/lib /src/libs/lib\n');
    expect(image).toContain('RUN ["compile-go", "."]');
    expect(image).toContain('COPY --from=compile /out/api /api\nUSER 65532:65532\nEXPOSE 8443\n');
    expect(settings).toContain('// mine');
    expect(settings).toMatch(/"build-image":\s*\{\s*"options":\s*\{\s*"context": "\."/);
  });

  test('go.work brings all modules that it uses, where go.mod needs one of them', async () => {
    const { image } = await write(
      {
        ...pins,
        'go.work': 'go 1.26.0\n\nuse (\n\t./svc/api\n\t./libs/lib\n)\n',
        'svc/api/go.mod': `${module}\nrequire a.b/lib v0.0.0\n`,
        'svc/api/main.go': main,
        'libs/lib/go.mod': 'module a.b/lib\n\ngo 1.26.0\n',
      },
      'svc/api',
    );
    expect(image).toContain('COPY go.work /src/\nCOPY svc/api /src/svc/api\nCOPY libs/lib /src/libs/lib\n');
  });

  test('of a module that is the whole workspace only what the program is made of', async () => {
    const { image } = await write(
      {
        ...pins,
        'go.mod': module,
        'cmd/api/main.go': 'package main\n\nimport _ "a.b/api/internal/x"\n\nfunc main() {}\n',
        'internal/x/x.go': 'package x\n',
        'web/index.ts': '',
      },
      'cmd/api',
    );
    expect(image).toContain(
      'WORKDIR /src\nCOPY go.mod /src/\nCOPY cmd /src/cmd\nCOPY internal /src/internal\nRUN ["compile-go", "./cmd/api"]',
    );
  });

  test.each<[string, Record<string, string>, object, RegExp]>([
    ['no program', { 'api/x.go': 'package x\n' }, {}, /PROGRAM_NOT_FOUND: api holds no program/],
    [
      'several',
      { 'api/cmd/a/a.go': main, 'api/cmd/b/b.go': main },
      {},
      /PROGRAM_AMBIGUOUS[\s\S]*cmd\/a, cmd\/b/,
    ],
    [
      'another',
      { 'api/cmd/a/a.go': main },
      { main: 'c' },
      /PROGRAM_NOT_FOUND: api has no program c[\s\S]*cmd\/a/,
    ],
    [
      'cgo',
      { 'api/main.go': `package main\n\nimport "C"\n\nfunc main() {}\n` },
      {},
      /^api\/main\.go: PROGRAM_NOT_SUPPORTED: this program needs cgo/,
    ],
    [
      'no sums',
      { 'api/main.go': main, 'api/go.mod': `${module}\nrequire x.y/z v1.0.0\n` },
      {},
      /^api\/go\.mod: LOCK_DIRTY/,
    ],
    [
      'a newer Go',
      { 'api/main.go': main, 'api/go.mod': 'module x\n\ngo 1.99.0\n' },
      {},
      /needs Go 1\.99\.0, and containerfiles\/go-builder\/pin\.json says 1\.26\.8/,
    ],
    [
      'a replaced module outside',
      { 'api/main.go': main, 'api/go.mod': `${module}\nrequire x v0.0.0\nreplace x => ../../../x\n` },
      {},
      /not a module of this workspace/,
    ],
    [
      'a replaced module that is not there and is imported',
      {
        'api/main.go': 'package main\n\nimport _ "x/y"\n\nfunc main() {}\n',
        'api/go.mod': `${module}\nreplace x => ../gone\n`,
      },
      {},
      /^api\/go\.mod: PROGRAM_NOT_SUPPORTED: x is replaced by \.\.\/gone/,
    ],
    [
      'two programs in one directory',
      { 'api/a.go': main, 'api/b.go': main, 'api/c.go': `//go:build ignore\n\n${main}` },
      {},
      /PROGRAM_AMBIGUOUS[\s\S]*a\.go, b\.go/,
    ],
    ['wrong ports', { 'api/main.go': main }, { ports: '80,x' }, /OPTIONS_INVALID/],
  ])('refuses: %s', async (_, files, options, message) => {
    expect((await write({ ...pins, 'api/go.mod': module, ...files }, 'api', options)).error).toMatch(message);
  });

  test('a replace line of what nothing requires means nothing, and what is not required is not copied', async () => {
    const { error, image } = await write(
      {
        ...pins,
        'svc/api/go.mod': `${module}\nreplace (\n\tgone => ../gone // x\n\ta.b/lib => ../lib\n)\n`,
        'svc/api/main.go': main,
        'svc/lib/go.mod': 'module a.b/lib\n\ngo 1.26.0\n',
      },
      'svc/api',
    );
    expect([error, image?.split('\n')[2]]).toEqual(['', 'COPY . .']);
  });

  test('one of two programs of a directory, by its file', async () => {
    const files = { ...pins, 'api/go.mod': module, 'api/a.go': main, 'api/b.go': main };
    const { image } = await write(files, 'api', { main: 'b.go' });
    expect(image).toContain('RUN ["compile-go", "./b.go"]\n');
    expect(image).toContain('COPY --from=compile /out/b /b\n');
  });

  test('cgo with a stand-in: the stage says that it is off, and so does the generator', async () => {
    const { image, output } = await write(
      {
        ...pins,
        'api/go.mod': module,
        'api/main.go': 'package main\n\nimport _ "a.b/api/db"\n\nfunc main() {}\n',
        'api/db/db.go': 'package db\n\nimport "C"\n',
        'api/db/stub.go': '//go:build !cgo\n\npackage db\n',
      },
      'api',
    );
    expect(image).toContain('AS compile\nENV CGO_ENABLED=0\n');
    expect(output).toContain('note: api/db/db.go needs cgo, which is off: api/db/stub.go takes its place.\n');
  });

  test('what the program reads by literal path comes along; a client’s address is not exposed', async () => {
    const { image, output } = await write(
      {
        ...pins,
        'api/go.mod': module,
        'api/main.go': `package main

func main() {
	redis := flag.String("redis", "localhost:6379", "address of Redis")
	items, err := os.ReadFile("data/items.json")
	os.ReadFile("/etc/app/config.yaml")
	tmpl := template.Must(template.ParseGlob("templates/*.html"))
	http.Handle("/static/", http.FileServer(http.Dir("./static")))
	key, _ := os.ReadFile(filepath.Join("secrets", ".env"))
	port := "8080"
	if value := os.Getenv("PORT"); value != "" {
		port = value
	}
	log.Fatal(http.ListenAndServe(":"+port, nil))
}
`,
        'api/data/items.json': '[]',
        'api/templates/a.html': '',
        'api/static/a.css': '',
        'api/secrets/.env': '',
      },
      'api',
    );
    expect(image).toContain(
      'COPY --from=compile /out/api /api\nCOPY data/items.json /data/items.json\nCOPY static /static\nCOPY templates /templates\nUSER 65532:65532\nEXPOSE 8080\n',
    );
    expect(output).toContain(
      'note: The program reads /etc/app/config.yaml, secrets/.env, which is not in the image: COPY it, or mount it at run time.\n',
    );
  });

  test('without a builder here the exact version of go.mod says which compiler', async () => {
    const files = (text: string) => ({ 'api/go.mod': text, 'api/main.go': main });
    expect((await write(files('module x\n\ngo 1.25\n\ntoolchain go1.26.8\n'), 'api')).image).toMatch(
      /^FROM golang:1\.26\.8 AS/,
    );
    // Without an exact version it is the builder of the package, which comes along.
    const { image, tree, output } = await write(files('module x\n\ngo 1.25\n'), 'api');
    expect(image).toMatch(/^FROM localhost\/base-go-builder AS compile\n/);
    expect(JSON.parse(tree.read('containerfiles/go-builder/pin.json', 'utf-8')!)).toEqual(shipped);
    expect(tree.exists('containerfiles/go-builder/rootfs.lock.json')).toBe(true);
    expect(output).toContain('note: containerfiles/ gets go-builder, made of Debian');
    expect((await write(files('module x\n\ngo 1.99\n'), 'api')).error).toMatch(
      /needs Go 1\.99, which is not an exact version, and the builder of this plugin has/,
    );
  });
});

test('a Dockerfile is no dead end: the Containerfile beside it takes over what holds, and says what not', async () => {
  const { error, image, output, tree } = await write(
    {
      ...pins,
      'api/go.mod': 'module a.b/api\n\ngo 1.26.0\n',
      'api/main.go': 'package main\n\nfunc main() { os.ReadFile("conf/app.yaml") }\n',
      'api/conf/app.yaml': '',
      'api/web/index.html': '',
      'api/Dockerfile': `FROM golang:1.26 AS build
COPY . .
RUN go build -o /x .
FROM alpine
RUN apk add curl
WORKDIR /app
ENV MODE=production
COPY --from=build /x /x
COPY go.mod ./
COPY conf conf/
COPY --chmod=0644 web /srv/web
EXPOSE 9090/tcp
HEALTHCHECK CMD curl localhost
CMD ["/x"]
`,
    },
    'api',
  );
  expect(error).toBe('');
  expect(image?.slice(image.indexOf('FROM scratch'))).toBe(`FROM scratch
COPY --from=compile /out/api /api
COPY conf/app.yaml /app/conf/app.yaml
WORKDIR /app
ENV MODE=production
COPY conf /app/conf/
COPY --chmod=0644 web /srv/web
USER 65532:65532
EXPOSE 9090
ENTRYPOINT ["/api"]
`);
  expect(tree.exists('api/Dockerfile')).toBe(true);
  expect(output).toContain(
    'note: Dockerfile stays as it is; from now on, prism builds the Containerfile beside it',
  );
  expect(output).toContain(
    'note: Taken over from it: EXPOSE 9090; WORKDIR /app; ENV MODE=production; COPY conf conf/;',
  );
  expect(output).toContain('note: Not taken over: RUN (line 5), HEALTHCHECK (line 13), CMD (line 14).');
});

describe('Rust', () => {
  const crate = (name: string, more = '') =>
    `[package]\nname = "${name}"\nversion = "0.1.0"\nedition = "2021"\n${more}`;

  test('a crate alone, and a member with its whole workspace', async () => {
    const alone = {
      ...pins,
      'app/Cargo.toml': crate('app'),
      'app/Cargo.lock': '',
      'app/src/main.rs': 'fn main() { bind("0.0.0.0:3000") }\n',
    };
    expect((await write(alone, 'app')).image).toBe(`FROM localhost/p/base-rust-builder AS compile
WORKDIR /src
COPY . .
RUN ["compile-rust", "--package", "app"]

FROM scratch
COPY --from=compile /out/app /app
USER 65532:65532
EXPOSE 3000
ENTRYPOINT ["/app"]
`);
    const workspace = {
      ...pins,
      'Cargo.toml': '[workspace]\nmembers = ["crates/*", "app"]\n',
      'Cargo.lock': '',
      'crates/one/Cargo.toml': crate('one'),
      'app/Cargo.toml': crate('app', '[dependencies]\nfar = { path = "../far" }\n'),
      'far/Cargo.toml': crate('far'),
      'app/src/bin/tool.rs': 'fn main() {}\n',
    };
    const { image, settings } = await write(workspace, 'app');
    expect(image).toContain(
      'WORKDIR /src\nCOPY Cargo.toml /src/Cargo.toml\nCOPY Cargo.lock /src/Cargo.lock\nCOPY app /src/app\nCOPY crates/one /src/crates/one\nCOPY far /src/far\nRUN ["compile-rust", "--package", "app", "--bin", "tool"]',
    );
    expect(settings).toContain('"context": "."');
  });

  test('crates that any table of a manifest names by path are copied', async () => {
    const path = (name: string) => `${name} = { path = "../${name}" }\n`;
    const manifest = [
      `[build-dependencies]\n${path('b')}`,
      `[target.'cfg(unix)'.dependencies]\n${path('c')}`,
      `[target.'cfg(unix)'.build-dependencies]\n${path('d')}`,
      `[target.'cfg(unix)'.dev-dependencies]\n${path('e')}`,
    ];
    const { image } = await write(
      {
        ...pins,
        'Cargo.toml':
          '[workspace]\nmembers = ["app"]\n[patch.crates-io]\nf = { path = "f" }\n[workspace.dependencies]\ng = { path = "g" }\n',
        'Cargo.lock': '',
        'app/Cargo.toml': crate('app', manifest.join('')),
        'app/src/main.rs': 'fn main() {}\n',
        ...Object.fromEntries([...'bcdefg'].map((name) => [`${name}/Cargo.toml`, crate(name)])),
      },
      'app',
    );
    expect(image?.match(/(?<=^COPY )\w(?= )/gm)).toEqual([...'bcdefg']);
  });

  test.each<[string, Record<string, string>, RegExp]>([
    ['no lock', { 'app/Cargo.toml': crate('app') }, /^app\/Cargo\.lock: LOCK_DIRTY/],
    [
      'a virtual workspace',
      { 'app/Cargo.toml': '[workspace]\nmembers = []\n' },
      /is a workspace of Cargo and no package/,
    ],
    ['no TOML', { 'app/Cargo.toml': '[package\n' }, /^app\/Cargo\.toml: SETTINGS_UNREADABLE/],
    [
      'a path that leads nowhere',
      { 'app/Cargo.toml': crate('app', '[dependencies]\nx = { path = "../x" }\n'), 'app/Cargo.lock': '' },
      /x is no crate of this workspace/,
    ],
  ])('refuses: %s', async (_, files, message) => {
    expect((await write({ ...pins, 'app/src/main.rs': 'fn main() {}\n', ...files }, 'app')).error).toMatch(
      message,
    );
  });
});

describe('Python', () => {
  test('a package; what pyproject.toml names is to be locked', async () => {
    const { tree, image, output } = await write(
      {
        ...pins,
        'web/pyproject.toml': '[project]\nname = "web"\ndependencies = ["starlette>=1", "uvicorn"]\n',
        'web/web/__init__.py': '',
        'web/web/__main__.py': 'uvicorn.run(app, port=8000)\n',
        'web/tests/__init__.py': '',
        'web/setup.py': '',
      },
      'web',
    );
    expect(image).toBe(`FROM localhost/p/base-python-builder AS compile
WORKDIR /src
COPY requirements.lock ./
COPY web web
RUN ["compile-python", "--requirements=requirements.lock", "web"]

FROM localhost/p/base-python-runtime
COPY --from=compile /out/dependencies /dependencies
COPY --from=compile /out/application /application
ENV PYTHONPATH=/application:/dependencies PYTHONSAFEPATH=1
WORKDIR /
USER 65532:65532
EXPOSE 8000
ENTRYPOINT ["/usr/bin/python3", "-m", "web"]
`);
    expect(tree.read('web/requirements.in', 'utf-8')).toBe('starlette>=1\nuvicorn\n');
    expect(output).toContain('npx nx g prism:lock\n');
  });

  test('a script without dependencies, in src', async () => {
    const { image } = await write(
      { ...pins, 'job/src/main.py': 'print(1)\n', 'job/src/lib/__init__.py': '' },
      'job',
    );
    expect(image).toContain(
      'COPY src/lib lib\nCOPY src/main.py main.py\nRUN ["compile-python", "lib", "main.py"]',
    );
    expect(image).toContain('ENTRYPOINT ["/usr/bin/python3", "/application/main.py"]');
  });

  const job = { ...pins, 'job/main.py': 'print(1)\n' };

  test('packages without __init__.py come along where something imports them', async () => {
    const { image } = await write(
      {
        ...pins,
        'job/main.py': 'import os, core.db\nfrom api.routes import router\n',
        'job/core/db.py': '    from shared import x\n',
        'job/api/v1/routes.py': '',
        'job/shared/x.py': '',
        'job/scripts/seed.py': 'import main\n',
        'job/tests/test_main.py': 'import main\n',
      },
      'job',
    );
    expect(image).toContain('RUN ["compile-python", "api", "core", "main.py", "shared"]');
  });

  test.each<[string, string, RegExp]>([
    [
      'pyproject.toml',
      '[tool.poetry.dependencies]\npython = "^3.11"\nflask = "*"\n',
      /job\/pyproject\.toml: LOCK_UNUSABLE[\s\S]*poetry export/,
    ],
    ['Pipfile', '[packages]\nflask = "*"\n', /job\/Pipfile: LOCK_UNUSABLE[\s\S]*pipenv requirements/],
    [
      'setup.cfg',
      '[options]\ninstall_requires =\n  flask\n',
      /job\/setup\.cfg: LOCK_UNUSABLE[\s\S]*pip-compile/,
    ],
    ['setup.py', 'setup(install_requires=["flask"])\n', /job\/setup\.py: LOCK_UNUSABLE[\s\S]*pip-compile/],
    [
      'pyproject.toml',
      '[project]\nname = "job"\ndependencies = ["Shared_Lib>=1", "six"]\n[tool.uv.sources]\nshared-lib = { workspace = true }\n',
      /job\/pyproject\.toml: PROGRAM_NOT_SUPPORTED: job needs shared-lib,/,
    ],
    [
      'pyproject.toml',
      '[project]\nname = "job"\ndependencies = ["six"]\n[tool.uv.sources]\nsix = [{ git = "https://a.b/six" }]\n',
      /PROGRAM_NOT_SUPPORTED: job needs six,/,
    ],
  ])('dependencies of %s are not left out: %j', async (file, text, expected) => {
    const { error } = await write({ ...job, [`job/${file}`]: text }, 'job');
    expect(error).toMatch(expected);
  });

  test.each([
    ['pyproject.toml', '[tool.poetry.dependencies]\npython = "^3.11"\n'],
    ['pyproject.toml', '[project]\ndependencies = ["six"]\n[tool.uv.sources]\nsix = { index = "mine" }\n'],
    ['setup.py', 'setup(name="x")\n'],
  ])('%s without such dependencies is accepted: %j', async (file, text) => {
    expect((await write({ ...job, [`job/${file}`]: text }, 'job')).error).toBe('');
  });
  const hash = `--hash=sha256:${'0'.repeat(64)}`;

  test('a lock comes with what it includes', async () => {
    const { image } = await write(
      {
        ...job,
        'job/requirements.txt': '-r locks/base.txt\n--find-links wheels\n',
        'job/locks/base.txt': `six==1 ; python_version > "3" ${hash}\n`,
      },
      'job',
    );
    expect(image).toContain(
      'COPY requirements.txt ./\nCOPY wheels wheels\nCOPY locks/base.txt locks/base.txt\nCOPY main.py main.py\n',
    );
  });

  test.each([
    ['uv.lock', '', /job\/uv\.lock: LOCK_UNUSABLE[\s\S]*`uv export [^`]*` in job/],
    ['poetry.lock', '', /job\/poetry\.lock: LOCK_UNUSABLE[\s\S]*`poetry export [^`]*` in job/],
    [
      'requirements.txt',
      `six==1 ${hash}\n-e .\n`,
      /job\/requirements\.txt:2: LOCK_UNUSABLE: `-e \.` installs sources/,
    ],
    [
      '.python-version',
      '3.13\n',
      /job\/\.python-version:1: TOOLCHAIN_DIFFERS: .* Python 3\.13, and Python 3\.11\.2 is pinned/,
    ],
    [
      'pyproject.toml',
      '[project]\nrequires-python = ">=3.12"\n',
      /job\/pyproject\.toml: TOOLCHAIN_DIFFERS: .*>=3\.12/,
    ],
  ])('refuses %s', async (name, text, message) => {
    expect((await write({ ...job, [`job/${name}`]: text }, 'job')).error).toMatch(message);
  });

  test.each<[string, Record<string, string>, string | undefined, string]>([
    [
      'a script under another name',
      { 'x/job.py': 'if __name__ == "__main__":\n  pass\n', 'x/lib.py': '' },
      undefined,
      '"/application/job.py"',
    ],
    [
      'a command of pyproject.toml',
      {
        'x/pyproject.toml': '[project]\nname = "x"\n[project.scripts]\nserve = "web.cli:main"\n',
        'x/web/__init__.py': '',
        'x/web/cli.py': '',
      },
      undefined,
      '"-c", "import sys; from web.cli import main; sys.exit(main())"',
    ],
    ['a module', { 'x/web/__init__.py': '', 'x/web/server.py': '' }, 'web.server', '"-m", "web.server"'],
  ])('starts %s', async (_, files, main, expected) => {
    const { image } = await write({ ...pins, ...files }, 'x', main === undefined ? {} : { main });
    expect(image).toContain(`ENTRYPOINT ["/usr/bin/python3", ${expected}]\n`);
  });

  test('what it reads comes along: from where it starts, and from beside its sources', async () => {
    const { image, output } = await write(
      {
        ...pins,
        'x/main.py':
          'open("data/items.json", "r", encoding="utf-8")\nPath(__file__).resolve().parent / "templates" / "a.html"\nopen("gone.txt")\n',
        'x/data/items.json': '',
        'x/templates/a.html': '',
        'x/pkg/__init__.py': 'Path(__file__).parent / "inside.txt"\n',
        'x/pkg/inside.txt': '',
      },
      'x',
    );
    expect(image).toContain(
      'COPY data/items.json /application/data/items.json\nCOPY templates/a.html /application/templates/a.html\nWORKDIR /application\n',
    );
    expect(output).toContain('note: The program reads gone.txt, which is not in the image');
  });

  test('refuses what cannot be started', async () => {
    expect((await write({ ...pins, 'x/lib/__init__.py': '' }, 'x', { main: 'lib' })).error).toMatch(
      /lib cannot be started/,
    );
  });
});

test('a workspace without bases gets those that a program needs, under its own prefix, and only once', async () => {
  const settings = { 'nx.json': '{"plugins":[{"plugin":"prism","options":{"prefix":"acme"}}]}' };
  const { tree, image } = await write({ ...settings, 'x/main.py': '' }, 'x');
  expect(image).toContain('FROM localhost/acme/base-python-builder AS compile\n');
  const read = (path: string) => tree.read(`containerfiles/${path}`, 'utf-8')!;
  const builder = read('python-builder/Containerfile');
  // Each is its own context: nothing of this repository is named.
  expect(builder).toContain('COPY program/*.py /usr/local/lib/compile-python/\n');
  expect(builder.replaceAll('/usr/local/lib', '')).not.toMatch(/libs\/|containerfiles\//);
  expect(read('python-builder/program/program.py')).toContain('def ');
  expect(tree.exists('containerfiles/python-builder/project.json')).toBe(false);
  expect(read('python-runtime/Containerfile')).toContain(
    'FROM localhost/acme/base-python-builder AS compile\n',
  );
  const before = snapshot(tree);
  expect((await outcome(() => component(tree, { directory: 'x' }))).error).toBe('');
  expect(snapshot(tree)).toEqual(before);
});

describe('Node', () => {
  const manifest = (value: object) => ({ 'ui/package.json': JSON.stringify({ name: 'ui', ...value }) });

  test('without packages nothing is run', async () => {
    const { image, output } = await write(
      {
        ...pins,
        'containerfiles/node/Containerfile': 'FROM scratch\n',
        ...manifest({ scripts: { start: 'node server.js' } }),
        'ui/server.js': 'server.listen(3000)\n',
      },
      'ui',
    );
    expect(image).toBe(`FROM localhost/p/base-node
ENV NODE_ENV=production
WORKDIR /application
COPY . .
USER 65532:65532
EXPOSE 3000
ENTRYPOINT ["/usr/bin/node", "/application/server.js"]
`);
    expect(output).not.toContain('prism:lock');
  });

  const versionOf = async (files: Record<string, string>, node?: string) => {
    const all = {
      ...pins,
      ...manifest({ main: 'index.mjs', ...(node !== undefined && { engines: { node } }) }),
      'ui/index.mjs': '',
      ...files,
    };
    const { image, error } = await write(all, 'ui');
    const debian = image?.includes('FROM localhost/p/base-node-runtime\n') ? "Debian's" : undefined;
    return error || (/node:(\S+)-bookworm-slim/.exec(image ?? '')?.[1] ?? debian);
  };

  test.each([
    [{ 'ui/.nvmrc': 'v20.11.1\n' }, undefined, '20.11.1'],
    [{ '.node-version': '20\n' }, '>=18', '20'],
    [{ '.nvmrc': '18\n', 'ui/.nvmrc': '20 # LTS\n' }, undefined, '20'],
    [{ '.nvmrc': 'lts/*\n' }, '^20.9.0 || >=22', '20.9.0'],
    [{}, '*', "Debian's"],
    [{}, '>=16', "Debian's"],
    [{ '.nvmrc': '16' }, '>=16', '16'],
    [{}, '18.x', "Debian's"],
  ] as [Record<string, string>, string | undefined, string][])(
    'Node of %j and engines %j: %s',
    async (files, engines, version) => {
      expect(await versionOf(files, engines)).toBe(version);
    },
  );

  test('a statement without a number that it allows is refused', async () => {
    expect(await versionOf({}, '<22')).toMatch(
      /ui\/package\.json: TOOLCHAIN_DIFFERS: Node <22 is not a version/,
    );
    expect(await versionOf({ '.nvmrc': 'lts/iron' })).toMatch(/\.nvmrc: TOOLCHAIN_DIFFERS: Node lts\/iron/);
  });

  test('packages are installed by npm ci, for every platform at once where none is native', async () => {
    const files = (lock: object) => ({
      ...pins,
      ...manifest({ main: 'index.mjs', dependencies: { x: '1' }, engines: { node: '>=24.1' } }),
      'ui/index.mjs': 'listen(process.env.PORT ?? 4000)\n',
      'ui/package-lock.json': JSON.stringify(lock),
    });
    const pure = await write(files({ packages: {} }), 'ui');
    expect(pure.image).toContain(
      'FROM --platform=$BUILDPLATFORM docker.io/library/node:24.1-bookworm-slim AS dependencies\n',
    );
    expect(pure.image).toContain('RUN ["npm", "ci", "--omit=dev", "--ignore-scripts", ');
    expect(pure.tree.read('ui/.containerignore', 'utf-8')).toContain('node_modules\n');
    expect(pure.output).toContain('npx nx g prism:lock\n');
    const native = await write(files({ packages: { x: { hasInstallScript: true } } }), 'ui');
    expect(native.image).toMatch(/^FROM docker\.io\/library\/node/);
    expect(native.output).toContain('native parts');
  });

  test.each<[string, object, object, string]>([
    [
      'node options and arguments',
      { scripts: { start: 'node --enable-source-maps server.js --port 3000' } },
      {},
      '"--enable-source-maps", "/application/server.js", "--port", "3000"',
    ],
    [
      'a script that another one runs',
      { scripts: { start: 'npm run serve', serve: 'node ./server' } },
      {},
      '"/application/server.js"',
    ],
    [
      'a script under another name',
      { scripts: { serve: 'node server.js', test: 'node test.js' } },
      {},
      '"/application/server.js"',
    ],
    [
      'what --main names',
      { scripts: { start: 'next start', serve: 'node server.js' } },
      { main: 'serve' },
      '"/application/server.js"',
    ],
    ['bin', { bin: { ui: './server.js' } }, {}, '"/application/server.js"'],
    ['a file with a usual name', {}, {}, '"/application/server.js"'],
  ])('starts by %s', async (_, value, options, expected) => {
    const files = { ...pins, ...manifest(value), 'ui/server.js': '', 'ui/test.js': '' };
    const { error, image } = await write(files, 'ui', options);
    expect(error).toBe('');
    expect(image).toContain(`ENTRYPOINT ["/usr/bin/node", ${expected}]\n`);
  });

  test('variables of the start script are ENV; what is read is not ignored, or named', async () => {
    const { image, tree, output } = await write(
      {
        ...pins,
        ...manifest({ scripts: { start: 'cross-env NODE_ENV=staging MODE="a b" node server.js' } }),
        'ui/server.js':
          'fs.readFileSync(path.join(__dirname, "help.md"), "utf8")\nreadFile("../shared/x.json")\n',
        'ui/help.md': '',
      },
      'ui',
    );
    expect(image).toContain('ENV NODE_ENV=staging MODE="a b"\n');
    expect(tree.read('ui/.containerignore', 'utf-8')).toContain('!help.md\n');
    expect(output).toContain('note: The program reads ../shared/x.json, which is not in the image');
  });

  test('several scripts are named', async () => {
    const several = {
      ...pins,
      ...manifest({ scripts: { api: 'node a.js', job: 'node b.js' } }),
      'ui/a.js': '',
      'ui/b.js': '',
    };
    expect((await write(several, 'ui')).error).toMatch(/PROGRAM_AMBIGUOUS[\s\S]*api, job/);
  });

  test('refuses what has to be built first, and packages without a lock', async () => {
    const built = { ...pins, ...manifest({ scripts: { start: 'next start' } }) };
    expect((await write(built, 'ui')).error).toMatch(
      /PROGRAM_NOT_SUPPORTED: index\.js[\s\S]*it starts by `next start`/,
    );
    const unlocked = { ...pins, ...manifest({ dependencies: { x: '1' } }), 'ui/index.js': '' };
    expect((await write(unlocked, 'ui')).error).toMatch(/has no package-lock\.json/);
  });
});

test('refuses directories that hold nothing, or are none', async () => {
  expect((await write({ ...pins, 'doc/x.md': '' }, 'doc')).error).toMatch(
    /PROGRAM_NOT_FOUND: doc holds no program/,
  );
  expect((await write(pins, '../elsewhere')).error).toMatch(/is no directory of this workspace/);
  expect((await write(pins, 'absent')).error).toMatch(/is no directory of this workspace/);
});
