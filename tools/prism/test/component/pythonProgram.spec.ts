import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { program } from '../../../../libs/languages/src/python/program';
import { writeWheel } from '../../../../test/support/wheels';

/** The program that compiles Python, by the real interpreter and pip, without nx; wheels of a directory. */
const root = fs.mkdtempSync(join(fs.realpathSync(tmpdir()), 'prism-python-'));
const index = join(root, 'index');
let count = 0;

afterAll(() => fs.rmSync(root, { recursive: true }));

function write(files: Readonly<Record<string, string | Buffer>>): string {
  const directory = join(root, String(count++));
  for (const [name, content] of Object.entries({ 'app/__init__.py': '', ...files })) {
    fs.mkdirSync(dirname(join(directory, name)), { recursive: true });
    fs.writeFileSync(join(directory, name), content);
  }
  return directory;
}

function start(cwd: string, ...args: string[]) {
  const env = {
    PATH: '/usr/bin:/bin',
    LANG: 'C.UTF-8',
    PIP_CONFIG_FILE: '/dev/null',
    PIP_NO_INDEX: '1',
    PIP_FIND_LINKS: index,
  };
  const ran = spawnSync('/usr/bin/python3.11', ['-I', '-S', '-B', '-', ...args], {
    cwd,
    env,
    input: program,
    encoding: 'utf8',
  });
  return { status: ran.status, stdout: ran.stdout, output: `${ran.stdout}${ran.stderr}` };
}

/** Fetches a lock and compiles beside it; what both print, and the files of a directory of /out. */
function build(cwd: string, machine: string, lock = 'requirements.txt') {
  const wheels = join(root, `wheels-${machine}`);
  const common = [`--machine=${machine}`, `--requirements=${lock}`, `--wheels=${wheels}`];
  const fetched = start(cwd, 'fetch', ...common);
  if (fetched.status !== 0) return { ...fetched, dependencies: [] };
  const out = join(cwd, `out-${machine}`);
  const ran = start(
    cwd,
    'application',
    ...common,
    `--unpacked=${join(root, 'unpacked')}`,
    `--out=${out}`,
    'app',
  );
  return { ...ran, dependencies: names(join(out, 'dependencies')) };
}

function names(directory: string): string[] {
  if (!fs.existsSync(directory)) return [];
  return fs
    .readdirSync(directory)
    .filter((name) => !/^__pycache__$|dist-info$/.test(name))
    .sort();
}

const application = (cwd: string, ...args: string[]) =>
  start(cwd, 'application', '--machine=x86_64', `--out=${join(cwd, 'out')}`, ...args, 'app');
const listed = (cwd: string) =>
  (fs.readdirSync(join(cwd, 'out/application'), { recursive: true }) as string[])
    .filter((name) => /\.\w+$/.test(name))
    .sort();

describe('locks', () => {
  const wheel = (name: string, more = {}, tag = 'py3-none-any') =>
    writeWheel(index, name, tag, { [`${name}.py`]: `NAME = "${tag}"\n`, ...more });
  const nowhere = `--hash=sha256:${'0'.repeat(64)}`;

  test('markers, extras, includes, constraints and the wheels beside a lock, each for its platform', () => {
    const [one, two, arm] = [wheel('one'), wheel('two'), wheel('arm')];
    const three = writeWheel(join(root, 'beside'), 'three', 'py3-none-any', { 'three.py': '' });
    const cwd = write({
      'locks/requirements.txt': `# comment\n-r more.txt\n--find-links wheels\n-c limits.txt\none[x,y] == 1.0 ; python_version < "3.12" and implementation_name == 'cpython' \\\n    ${nowhere} \\\n    ${one}\n    # via app\nthree==1.0 ${three}\nold==1.0 ; python_full_version < "3.11" ${nowhere}\n`,
      'locks/more.txt': `two==1.0 ; os_name == "posix" or sys_platform == "win32" ${two}\narm==1.0 ; platform_machine == "aarch64" ${arm}\ntwo==1.0 ${two}\n`,
      'locks/limits.txt': 'one<2\ntwo>5 ; sys_platform == "win32"\n',
    });
    fs.cpSync(join(root, 'beside'), join(cwd, 'locks/wheels'), { recursive: true });
    const built = build(cwd, 'x86_64', 'locks/requirements.txt');
    expect([built.output, built.dependencies]).toEqual(['', ['one.py', 'three.py', 'two.py']]);
    expect(build(cwd, 'aarch64', 'locks/requirements.txt').dependencies).toEqual([
      'arm.py',
      'one.py',
      'three.py',
      'two.py',
    ]);
  });

  test.each([
    ['one==1.0 ; python_version > "3"', 'requirements.txt:1: one has no --hash'],
    [`\none==1.0 ; pythonversion > "3" ${nowhere}`, 'requirements.txt:2: Invalid marker'],
    [
      `one==1.0 ; platform_release > "3" ${nowhere}`,
      'requirements.txt:1: nothing says what `platform_release` is',
    ],
    [`one>=1.0 ${nowhere}`, 'requirements.txt:1: not name==version: one>=1.0'],
    ['-e .', 'requirements.txt:1: `-e` cannot be honoured'],
    ['--no-binary :all:', 'requirements.txt:1: `--no-binary` cannot be honoured'],
    [
      `one==1.0 ${nowhere} --config-settings=x`,
      'requirements.txt:1: `--config-settings=x` cannot be honoured',
    ],
    [
      `one==1.0 ${nowhere}\none==2.0 ${nowhere}`,
      'requirements.txt:2: one 2.0, but requirements.txt:1 says 1.0',
    ],
    ['-r none.txt', 'none.txt: No such file or directory'],
    ['-r requirements.txt', 'requirements.txt includes itself'],
    [`-c c.txt\none==1.0 ${nowhere}`, 'c.txt:1: one<1 excludes one 1.0 of requirements.txt:2'],
  ])('%j is refused', (lock, message) => {
    const ran = build(write({ 'requirements.txt': lock, 'c.txt': 'one<1\n' }), 'x86_64');
    expect(ran).toMatchObject({ status: 1, output: expect.stringContaining(`LOCK_UNUSABLE: ${message}`) });
  });

  test('a wrong lock takes nothing from others; the best of several wheels is taken, whatever came first', () => {
    // pip does not know the hashes of files in a directory: the index has the better one later.
    const many = (minor: number) => wheel('many', {}, `cp311-cp311-manylinux_2_${minor}_x86_64`);
    const old = many(17);
    const shared = (line: string) => build(write({ 'requirements.txt': line }), 'x86_64');
    const content = (cwd: string) => fs.readFileSync(join(cwd, 'out-x86_64/dependencies/many.py'), 'utf8');
    expect(shared(`many==1.0 ${old}`).status).toBe(0);
    const cwd = write({ 'requirements.txt': `many==1.0 ${old} ${many(28)}` });
    expect([build(cwd, 'x86_64').output, content(cwd)]).toEqual([
      '',
      'NAME = "cp311-cp311-manylinux_2_28_x86_64"\n',
    ]);
    expect(shared(`many==1.0 ${nowhere}`).output).toContain('DO NOT MATCH THE HASHES');
    const first = write({ 'requirements.txt': `many==1.0 ${old}` });
    const offline = start(
      first,
      'application',
      '--machine=x86_64',
      '--requirements=requirements.txt',
      `--wheels=${join(root, 'wheels-x86_64')}`,
      `--unpacked=${join(root, 'unpacked')}`,
      `--out=${join(first, 'out-x86_64')}`,
      'app',
    );
    expect([offline.output, content(first)]).toEqual(['', 'NAME = "cp311-cp311-manylinux_2_17_x86_64"\n']);
  });

  test('a package for another Python says so', () => {
    const late = wheel('late', {
      'late-1.0.dist-info/METADATA':
        'Metadata-Version: 2.1\nName: late\nVersion: 1.0\nRequires-Python: >=3.12\n',
    });
    const ran = build(write({ 'requirements.txt': `late==1.0 ${late}\n` }), 'x86_64');
    expect(ran.output).toMatch(/requires a different Python: 3\.11\.\d+ not in '>=3\.12'/);
  });

  test('what pip would install is asked for the target, whatever this machine is', () => {
    const requires =
      'Metadata-Version: 2.1\nName: top\nVersion: 1.0\nRequires-Dist: arm; platform_machine == "aarch64"\n';
    wheel('top', { 'top-1.0.dist-info/METADATA': requires });
    const cwd = write({ 'requirements.in': 'top\n' });
    const resolved = ['x86_64', 'aarch64'].map((machine) => {
      const { stdout } = start(
        cwd,
        'resolve',
        `--machine=${machine}`,
        '--requirements=requirements.in',
        `--target=${join(cwd, 'x')}`,
      );
      const { install } = JSON.parse(stdout) as { install: { metadata: { name: string } }[] };
      return install.map(({ metadata }) => metadata.name).sort();
    });
    expect(resolved).toEqual([['top'], ['arm', 'top']]);
  });
});

describe('sources', () => {
  test('what is no Python and nothing imports is data, with a note', () => {
    const cwd = write({
      'app/__main__.py': 'try:\n    from . import old\nexcept SyntaxError:\n    pass\nprint("ok")\n',
      'app/old.py': 'print "x"\n',
      'app/scaffold/model.py': 'class {{ name }}:\n    pass\n',
      'app/nul.py': 'x = 1\0\n',
      'app/deep.py': `${'('.repeat(3000)}${')'.repeat(3000)}\n`,
      'app/wrong.py': Buffer.from('s = "\xe4"\n', 'latin1'),
      'app/latin.py': Buffer.from('# coding: latin-1\ns = "\xe4"\n', 'latin1'),
      'app/data dir/a b.txt': 'x',
      'app/data dir/a b.py': 'x = 1\n',
      'app/kept.pyc': 'bytecode without a source',
      'app/__pycache__/x.cpython-311.pyc': 'of a run',
    });
    const ran = application(cwd);
    expect(ran.status).toBe(0);
    expect(ran.stdout.match(/^note: \S+:1: /gm)).toEqual(
      ['deep', 'nul', 'old', 'scaffold/model', 'wrong'].map((name) => `note: app/${name}.py:1: `),
    );
    expect(listed(cwd)).toEqual(
      [
        ...['__init__', '__main__', 'latin'].flatMap((name) => [
          `app/${name}.py`,
          `app/__pycache__/${name}.cpython-311.pyc`,
        ]),
        ...['deep', 'nul', 'old', 'scaffold/model', 'wrong'].map((name) => `app/${name}.py`),
        ...['a b.py', 'a b.txt', '__pycache__/a b.cpython-311.pyc'].map((name) => `app/data dir/${name}`),
        'app/kept.pyc',
      ].sort(),
    );
    expect(fs.readFileSync(join(cwd, 'out/application/app/scaffold/model.py'), 'utf8')).toContain(
      '{{ name }}',
    );
  });

  test.each([
    ['the package itself', { 'app/__init__.py': 'x = 1\nif:\n' }, 'app/__init__.py:2: '],
    ['its start', { 'app/__main__.py': 'if:\n' }, 'app/__main__.py:1: '],
    [
      'by name',
      { 'app/__init__.py': 'import app.views\n', 'app/views.py': 'if:\n' },
      'app/views.py:1: invalid syntax (app/__init__.py imports it)',
    ],
    [
      'from a package',
      { 'app/urls.py': 'from . import views\n', 'app/views.py': '\n\nx = (\n' },
      "app/views.py:3: '(' was never closed (app/urls.py imports it)",
    ],
    [
      'from below',
      { 'app/a/b.py': 'from ..c import d\n', 'app/c/__init__.py': 'if:\n' },
      'app/c/__init__.py:1: ',
    ],
  ])('a source that is imported must compile: %s', (_, files, message) => {
    const ran = application(write(files as Record<string, string>));
    expect(ran).toMatchObject({ status: 1, output: expect.stringContaining(`SOURCE_INVALID: ${message}`) });
  });

  test('a version is written in place of what the tree has, with bytecode', () => {
    const cwd = write({ 'app/_version.py': '__version__ = "0"\n' });
    expect(application(cwd, '--stamp=app/_version.py', `--version=1.2'3"`).status).toBe(0);
    expect(fs.readFileSync(join(cwd, 'out/application/app/_version.py'), 'utf8')).toBe(
      `__version__ = version = '1.2\\'3"'\n`,
    );
    expect(listed(cwd)).toContain('app/__pycache__/_version.cpython-311.pyc');
  });

  test('links: to a file its content, to anything else an error', () => {
    const cwd = write({ 'app/a.txt': 'a' });
    fs.symlinkSync('a.txt', join(cwd, 'app/b.txt'));
    expect(application(cwd).status).toBe(0);
    expect(fs.readFileSync(join(cwd, 'out/application/app/b.txt'), 'utf8')).toBe('a');
    fs.symlinkSync('/data', join(cwd, 'app/c'));
    expect(application(cwd)).toMatchObject({
      status: 1,
      output: expect.stringContaining('app/c is a link to /data'),
    });
  });
});
