import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { digestOf, goStage, writeGo, writePin, writePlain } from '../../../../test/support/components';
import { type FakeGo, makeFakeGo } from '../../../../test/support/fakeGo';
import { makeWorkspace, type Ran, type Workspace } from '../../../../test/support/workspace';

let workspace: Workspace;
let go: FakeGo;
const env = () => ({ PATH: `${go.bin}:${process.env.PATH}`, GOPROXY: 'off' });

beforeAll(() => {
  workspace = makeWorkspace();
  go = makeFakeGo(workspace.path('.nx/go'));
  writePin(workspace, go.version);
});
afterAll(() => {
  workspace.remove();
});

const elf = (machine: number) =>
  Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, machine, 0, 0, 0]);
const final = (name: string) => `FROM scratch\nCOPY --from=compile /out/${name} /\n`;

/** Containerfile, and what the message must say; `hello` is there to be copied. */
const broken: Record<string, [string, RegExp]> = {
  unknown: [
    'FROM scratch\nCOPI hello /\n',
    /svc\/unknown\/Containerfile:2: CONTAINERFILE_UNKNOWN_INSTRUCTION/,
  ],
  missing: [
    'FROM scratch\n\nCOPY nothing /\n',
    /svc\/missing\/Containerfile:3: COPY_SOURCE_MISSING: .*nothing/,
  ],
  outside: ['FROM scratch\nCOPY ../../../../etc/hostname /\n', /svc\/outside\/Containerfile:2: COPY_SOURCE_/],
  nostage: [
    'FROM scratch\nCOPY --from=9 hello /\n',
    /svc\/nostage\/Containerfile:2: CONTAINERFILE_STAGE_UNKNOWN/,
  ],
  later: [
    'FROM scratch AS a\nCOPY --from=b x /\nFROM scratch AS b\nCOPY hello /\nFROM a\n',
    /svc\/later\/Containerfile:2: CONTAINERFILE_STAGE_LATER/,
  ],
  circular: [
    'FROM scratch AS a\nCOPY --from=b /hello /x\nFROM a AS b\nCOPY hello /\n',
    /svc\/circular\/Containerfile:\d: CONTAINERFILE_STAGE_(CIRCULAR|LATER)/,
  ],
  itself: [
    'FROM scratch AS a\nCOPY --from=a /hello /x\n',
    /svc\/itself\/Containerfile:2: CONTAINERFILE_STAGE_/,
  ],
  nosuch: ['FROM scratch\nCOPY hello /\n', /CONTAINERFILE_TARGET_UNKNOWN: .*nobody/],
  empty: ['', /svc\/empty\/Containerfile(:1)?: CONTAINERFILE_NO_FROM/],
  run: [
    'FROM scratch\nCOPY hello /\nRUN --mount=type=ssh make\n',
    /svc\/run\/Containerfile:3: RUN_NOT_SUPPORTED/,
  ],
  base: ['FROM docker.io/library/debian\nCOPY hello /\n', /svc\/base\/Containerfile:1: IMAGE_NOT_LOCKED/],
  fromimage: [
    'FROM scratch\nCOPY --from=busybox /bin/sh /\n',
    /svc\/fromimage\/Containerfile:2: IMAGE_NOT_LOCKED/,
  ],
  remote: ['FROM scratch\nADD https://example.com/x /\n', /svc\/remote\/Containerfile:2: ADD_REMOTE/],
  fakeelf: ['FROM scratch\nCOPY tool /tool\n', /\/tool is a binary for arm64 in an image for linux\/amd64/],
  shellform: [
    `FROM b AS compile\nRUN compile-go ./x\n${final('x')}`,
    /svc\/shellform\/Containerfile:1: IMAGE_NOT_LOCKED/,
  ],
  notours: [
    `FROM b AS compile\nRUN ["rm","-rf","/"]\n${final('x')}`,
    /svc\/notours\/Containerfile:1: IMAGE_NOT_LOCKED/,
  ],
  nopin: [
    `FROM debian AS compile\nCOPY . .\nRUN ["compile-go","./x"]\n${final('x')}`,
    /svc\/nopin\/Containerfile:1: PIN_MISSING: .*debian/,
  ],
  oldpin: [
    `FROM golang:1.0.1 AS compile\nCOPY . .\nRUN ["compile-go","./x"]\n${final('x')}`,
    /svc\/oldpin\/Containerfile:3: TOOLCHAIN_DIFFERS: [\s\S]*go1\.0\.1[\s\S]*go9\.9\.9/,
  ],
  notgo: [
    `FROM localhost/p/base-go-builder AS compile\nCOPY . .\nRUN ["compile-rust","--package","x"]\n${final('x')}`,
    /svc\/notgo\/Containerfile:3: TOOLCHAIN_DIFFERS: .*pinned to go/,
  ],
  notout: [
    `${goStage('notout')}FROM scratch\nCOPY --from=compile /out/other /x\n`,
    /svc\/notout\/Containerfile:6: COPY_SOURCE_MISSING: .*other/,
  ],
  error: [
    `${goStage('error')}${final('error')}`,
    /svc\/error\/Containerfile:4: COMPILE_FAILED[\s\S]*cmd\/error\/main\.go:1:1: BROKEN/,
  ],
};
const good = ['crlf', 'two', 'plain'];
let all: Ran;

test('a run over all of them builds what can be built and ends with status 1', async () => {
  for (const [name, [containerfile]] of Object.entries(broken)) {
    workspace.write(`svc/${name}/Containerfile`, containerfile);
    workspace.write(`svc/${name}/hello`, 'hello');
  }
  workspace.write('svc/fakeelf/tool', elf(183), 0o755);
  const options = { stage: 'nobody' };
  workspace.write('svc/nosuch/project.json', JSON.stringify({ targets: { 'build-image': { options } } }));
  for (const name of ['error', 'notout'])
    workspace.write(`svc/${name}/cmd/${name}/main.go`, name === 'error' ? 'BROKEN' : 'package main');
  writePlain(workspace, 'plain');
  workspace.write('svc/crlf/Containerfile', 'FROM scratch\r\nCOPY hello \\\r\n  /hello\r\nENV A=b\r\n');
  workspace.write('svc/crlf/hello', 'hello');
  // Where both are there, podman takes the Containerfile.
  workspace.write('svc/two/Dockerfile', 'FROM nonsense\n');
  writePlain(workspace, 'two');
  // Nx itself would end the whole batch for this.
  const mistyped = { platforms: 5, buildArgs: { A: { env: '' }, B: 1 }, compression: 'lzma' };
  writePlain(workspace, 'mistyped');
  workspace.write(
    'svc/mistyped/project.json',
    JSON.stringify({ targets: { 'build-image': { options: mistyped } } }),
  );
  // What cannot even be read is the matter of its own project.
  mkdirSync(workspace.path('svc/unreadable/.containerignore'), { recursive: true });
  workspace.write('svc/unreadable/Containerfile', 'FROM scratch\n');
  mkdirSync(workspace.path('svc/bytes'), { recursive: true });
  workspace.write('svc/bytes/Containerfile', 'FROM scratch\nCOPY . /\n');
  execFileSync('sh', ['-c', 'printf x > "$(printf \'svc/bytes/a\\377b\')"'], { cwd: workspace.root });
  all = await workspace.nx(['run-many', '-t', 'build-image'], env());
  expect(all.status).toBe(1);
  for (const name of good) expect(digestOf(workspace, name)).toMatch(/^sha256:/);
});

test.each(Object.entries(broken))('%s: one clear message, nothing half-made', (name, [, message]) => {
  expect(all.output).toMatch(message);
  expect(existsSync(workspace.path(`dist/images/${name}`))).toBe(false);
  expect(existsSync(workspace.path(`dist/compile/${name}/compile.json`))).toBe(name === 'notout');
});

test('options of the wrong type fail their own task, each with its name', () => {
  for (const said of [
    'platforms of mistyped:build-image: expected platforms, ',
    'buildArgs.A.env of mistyped:build-image: ',
    'buildArgs.B of mistyped:build-image: expected a text, or ',
    'compression of mistyped:build-image: ',
  ])
    expect(all.output).toContain(`OPTIONS_INVALID: option ${said}`);
});

test('a file name that is not UTF-8 is named', () => {
  expect(all.output).toMatch(/PATH_NOT_UTF8: .*svc\/bytes\/a/);
  expect(existsSync(workspace.path('dist/images/bytes'))).toBe(false);
});

test('an ignore file that is a directory stops its own project, and is named', () => {
  expect(all.output).toMatch(/cannot read the ignore file of svc\/unreadable\/Containerfile/);
});

test('nobody is shown a stack trace, and every message says what to do', () => {
  expect(all.output).not.toMatch(/^\s+at .*\.(js|ts):\d+/m);
  const said = all.output.match(/^.*[A-Z]{3,}_[A-Z0-9_]+: /gm)!.length;
  expect(all.output.match(/^ {2}to do: /gm)).toHaveLength(said);
});

test('carriage returns of Windows are no part of a value', () => {
  expect(workspace.read('dist/images/crlf/digest.json')).not.toContain('\\r');
});

test.each([
  [['build-image', 'plain', '--platforms=linux'], /PLATFORM_NOT_SUPPORTED: linux is not a platform/],
  [['build-image', 'plain', '--platforms=windows/amd64,plan9/386'], /windows\/amd64[\s\S]*plan9\/386/],
  [
    ['build-image', 'plain', '--platforms=linux/amd64,linux/amd64'],
    /PLATFORM_DUPLICATE|linux\/amd64 .*(twice|once)/,
  ],
  [['build-image', 'plain', '--compression=lzma'], /OPTIONS_INVALID: option compression/],
  [['load-image', 'plain', '--engine=rkt'], /OPTIONS_INVALID: option engine/],
])('%j is refused', async (args, message) => {
  const ran = await workspace.nx(args, env());
  expect(ran.status).toBe(1);
  expect(ran.output).toMatch(message);
});

test('a missing toolchain is said, a binary of the wrong architecture is refused', async () => {
  writeGo(workspace, 'wrong');
  const without = await workspace.nx(['build-image', 'wrong'], {
    PATH: '/usr/bin:/bin',
    NX_SKIP_NX_CACHE: 'true',
    GOPROXY: 'off',
  });
  expect(without.status).toBe(1);
  expect(without.output).toMatch(
    /svc\/wrong\/Containerfile:4: TOOLCHAIN_(MISSING|DIFFERS): this stage is pinned to go9\.9\.9/,
  );
  workspace.write('.nx/go/arch', 'arm64');
  const wrong = await workspace.nx(['build-image', 'wrong'], env());
  expect(wrong.status).toBe(1);
  expect(wrong.output).toMatch(
    /ARCHITECTURE_MISMATCH: \/wrong is a binary for arm64 in an image for linux\/amd64/,
  );
  expect(existsSync(workspace.path('dist/images/wrong'))).toBe(false);
});

test('directories of one name are told apart, projects that somebody named the same are named', async () => {
  writePlain(workspace, 'twin');
  workspace.write('other/twin/Containerfile', 'FROM scratch\nENV A=1\n');
  const both = ['run-many', '-t', 'build-image', '--projects=svc-twin,other-twin'];
  expect(await workspace.nx(both, env())).toMatchObject({ status: 0 });
  workspace.write('other/twin/project.json', JSON.stringify({ name: 'svc-twin' }));
  workspace.write('svc/twin/project.json', JSON.stringify({ name: 'svc-twin' }));
  const ran = await workspace.nx(['build-image', 'svc-twin'], env());
  expect(ran.status).toBe(1);
  expect(ran.output).toMatch(/svc\/twin[\s\S]*other\/twin|other\/twin[\s\S]*svc\/twin/);
  workspace.write('other/twin/project.json', JSON.stringify({ name: 'other-twin' }));
  expect(await workspace.nx(both, env())).toMatchObject({ status: 0 });
});

test('two images of one name, and a name that no registry takes, are said; building them goes on', async () => {
  const declare = (directory: string, name: string) => {
    workspace.write(`${directory}/Containerfile`, 'FROM scratch\nENV A=1\n');
    workspace.write(`${directory}/project.json`, JSON.stringify({ name }));
  };
  declare('names/upper', 'Same');
  declare('names/lower', 'same');
  declare('names/odd', 'not a name');
  const built = await workspace.nx(
    ['run-many', '-t', 'build-image', '--projects=Same,same,not a name'],
    env(),
  );
  expect(built).toMatchObject({ status: 0 });
  expect(built.output).toMatch(
    /names\/(upper|lower)\/Containerfile: IMAGE_NAME_TAKEN: the image of \w+ would be called localhost\/same, /,
  );
  // Said before an engine is looked for.
  const loaded = await workspace.nx(['run-many', '-t', 'load-image', '--projects=Same,not a name'], {
    ...env(),
    PRISM_ENGINE: 'none',
  });
  expect(loaded.status).toBe(1);
  expect(loaded.output).toMatch(
    /IMAGE_NAME_TAKEN: the images of Same and same would all be called localhost\/same/,
  );
  expect(loaded.output).toMatch(/IMAGE_NAME_INVALID: no image can be called localhost\/not a name/);
});

test('a Go that is pinned by a tag, and not there, is fetched by the one that is', async () => {
  writeGo(workspace, 'fetched');
  const text = workspace
    .read('svc/fetched/Containerfile')
    .replace(/FROM \S+ AS compile/, 'FROM golang:9.8.7 AS compile');
  workspace.write('svc/fetched/Containerfile', text);
  const failing = await workspace.nx(['build-image', 'fetched'], env());
  expect(failing.status).toBe(1);
  expect(failing.output).toMatch(
    /TOOLCHAIN_DIFFERS: this stage is pinned to go9\.8\.7[\s\S]*fetching it failed[\s\S]*no 9\.8\.7/,
  );
  go.offer('9.8.7');
  expect(await workspace.nx(['build-image', 'fetched'], env())).toMatchObject({ status: 0 });
  expect(existsSync(workspace.path('.prism/cache/gomod/golang.org'))).toBe(true);
});
