import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import { goSettings } from '../../../../test/support/goSettings';
import { repository } from '../../../../test/support/plugin';
import { ci } from '../../src/generate';

/** What GitHub's and GitLab's own parsers would say: actionlint, and their published schemas. */
const actionlint = 'github.com/rhysd/actionlint/cmd/actionlint@v1.7.12';
const requirements = join(repository, 'test/support/workflowLinters.txt');
const cache = process.env.PRISM_CACHE_DIR ?? join(repository, '.prism/cache');
const tools = join(cache, 'tests', 'workflows');
const directory = fs.mkdtempSync(join(tmpdir(), 'prism-workflows-'));

jest.setTimeout(300_000);

/** Installs into a directory of the cache once for a version; half an installation never has the name. */
function install(name: string, into: (directory: string) => void): string {
  const target = join(tools, name);
  if (fs.existsSync(target)) return target;
  const temporary = `${target}.${process.pid}`;
  fs.mkdirSync(temporary, { recursive: true });
  into(temporary);
  fs.renameSync(temporary, target);
  return target;
}

let linter: string;
let python: NodeJS.ProcessEnv;

beforeAll(() => {
  const binaries = install(actionlint.split('@')[1]!, (GOBIN) =>
    execFileSync('go', ['install', actionlint], {
      env: { ...process.env, ...goSettings, GOBIN, GOFLAGS: '-trimpath' },
      stdio: 'pipe',
    }),
  );
  linter = join(binaries, 'actionlint');
  const version = fs.readFileSync(requirements, 'utf8').split('==')[1]!.split('\n')[0]!;
  const packages = install(`check-jsonschema-${version}`, (target) =>
    execFileSync(
      'python3',
      ['-m', 'pip', 'install', '--quiet', '--no-deps', '--target', target, '--requirement', requirements],
      { stdio: 'pipe' },
    ),
  );
  python = { ...process.env, PYTHONPATH: packages, PYTHONDONTWRITEBYTECODE: '1' };
});
afterAll(() => fs.rmSync(directory, { recursive: true }));

/** Writes the workflow of a workspace with these files, and returns where it is. */
async function write(files: readonly string[], options: object, path: string): Promise<string> {
  const tree = createTreeWithEmptyWorkspace();
  for (const file of files) tree.write(file, '');
  // All steps that a workflow may have.
  tree.write('scan-policy.json', '{ "govulncheck": { "database": ".prism/cache/govulndb" } }');
  const silent = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
  await ci(tree, options).finally(() => silent.mockRestore());
  const target = join(fs.mkdtempSync(join(directory, 'w-')), '.github', 'workflows', 'images.yml');
  fs.mkdirSync(join(target, '..'), { recursive: true });
  fs.writeFileSync(target, tree.read(path, 'utf-8')!);
  return target;
}

/** What a tool says of a file; nothing where it is content. */
function complaints(argv: readonly [string, ...string[]], env = process.env): string {
  const [command, ...args] = argv;
  try {
    execFileSync(command, args, { env, encoding: 'utf8', stdio: 'pipe' });
    return '';
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    return `${stdout ?? ''}${stderr ?? ''}` || String(error);
  }
}
const lint = (file: string) => complaints([linter, '-no-color', '-shellcheck=', '-pyflakes=', file]);
const validate = (schema: string, file: string) =>
  complaints(['python3', '-m', 'check_jsonschema', '--builtin-schema', `vendor.${schema}`, file], python);

const workspaces: [string, readonly string[]][] = [
  ['npm', []],
  ['pnpm and Go', ['pnpm-lock.yaml', 'go.mod']],
  ['yarn and go.work', ['yarn.lock', 'go.work']],
];

test.each(workspaces)('GitHub, with %s', async (_, files) => {
  const file = await write(
    files,
    { unit: 'test,lint', branch: 'release/1.x' },
    '.github/workflows/images.yml',
  );
  expect(lint(file)).toBe('');
  expect(validate('github-workflows', file)).toBe('');
});

test.each(workspaces)('GitHub, the daily scan, with %s', async (_, files) => {
  const options = { released: 'deploy/released.txt', project: 'api' };
  const file = await write(files, options, '.github/workflows/rescan.yml');
  expect(lint(file)).toBe('');
  expect(validate('github-workflows', file)).toBe('');
  expect(fs.readFileSync(file, 'utf8')).toContain('nx scan api --images=deploy/released.txt');
});

test.each([{ released: 'a.txt' }, { released: 'a.txt', project: 'a', provider: 'gitlab' }])(
  'what cannot be honoured is refused: %j',
  async (options) => {
    await expect(write([], options, '.github/workflows/rescan.yml')).rejects.toThrow();
  },
);

test.each(workspaces)('GitLab, with %s', async (_, files) => {
  const file = await write(files, { provider: 'gitlab', branch: 'release/1.x' }, '.gitlab-ci.yml');
  expect(validate('gitlab-ci', file)).toBe('');
});

test('the linters find what is wrong', async () => {
  const file = await write([], {}, '.github/workflows/images.yml');
  const text = fs.readFileSync(file, 'utf8');
  fs.writeFileSync(file, text.replace('needs: [unit, images]', 'needs: [unit, imagse]'));
  expect(lint(file)).toMatch(/imagse/);
  fs.writeFileSync(file, text.replace('github.ref }}', 'github.reff }}'));
  expect(lint(file)).toMatch(/reff/);
  fs.writeFileSync(file, 'images:\n  script: { a: 1 }\n');
  expect(validate('gitlab-ci', file)).not.toBe('');
});
