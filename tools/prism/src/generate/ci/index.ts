import { readNxJson, type Tree } from '@nx/devkit';
import { failed, imageFailure, ok, type Result } from '@prism-build/errors';
import { finish, say } from '../../nx/finish';
import { parseOptions } from '../../nx/parseOptions';
import { placeFiles, renderTemplates } from '../shared/files';
import { findGoDatabases } from './findGoDatabases';
import { type CiOptions, ciOptions } from './options';

/** The `ci` generator: `nx g prism:ci [--provider=gitlab]`. */
export async function ci(tree: Tree, value: unknown): Promise<void> {
  finish(makeWorkflow(tree, value));
}

function makeWorkflow(tree: Tree, value: unknown): Result<void> {
  const options = parseOptions(ciOptions, value, 'prism:ci');
  if (!options.ok) return options;
  const { provider, unit, integration, node, released, project } = options.value;
  const daily = checkReleased(options.value);
  if (!daily.ok) return daily;
  const goDatabases = findGoDatabases(tree);
  if (!goDatabases.ok) return goDatabases;
  const branch = options.value.branch ?? baseBranch(tree);
  const words = {
    branch,
    unit,
    integration,
    node,
    released,
    project,
    goDatabases: goDatabases.value,
    manager: packageManager(tree),
    goFile: ['go.work', 'go.mod'].find((file) => tree.exists(file)) ?? '',
  };
  const files = renderTemplates([`ci/${provider}`, ...(released ? ['ci/github-rescan'] : [])], '.', words);
  // An existing pipeline is not changed; it can include this one.
  const existing = provider === 'gitlab' && tree.exists('.gitlab-ci.yml') && !isOurs(tree, files);
  const renamed = existing
    ? new Map([...files].map(([path, text]) => [path.replace('.gitlab-ci.yml', '.gitlab/images.yml'), text]))
    : files;
  const placed = placeFiles(tree, renamed);
  if (!placed.ok) return placed;
  say([
    ...(placed.value.length === 0 ? ['It is there already; nothing changed.'] : ['']),
    ...(existing ? ["Add to .gitlab-ci.yml:  include: [{ local: '/.gitlab/images.yml' }]"] : []),
    'node_modules/prism/docs/ci.md describes the workflow.',
  ]);
  return ok(undefined);
}

function checkReleased({ provider, released, project }: CiOptions): Result<void> {
  const invalid = (what: string, remedy: string) => failed(imageFailure('OPTIONS_INVALID', { what, remedy }));
  if (released === undefined) return ok(undefined);
  if (provider === 'gitlab')
    return invalid(
      'option released of prism:ci: GitLab keeps schedules outside of its file',
      'Make a schedule in GitLab whose job runs `npx nx scan <project> --images=<file>`.',
    );
  return project === undefined
    ? invalid('option released of prism:ci needs the option project', 'Add --project=<name>.')
    : ok(undefined);
}

function isOurs(tree: Tree, files: ReadonlyMap<string, string>): boolean {
  return tree.read('.gitlab-ci.yml', 'utf-8') === files.get('.gitlab-ci.yml');
}

function baseBranch(tree: Tree): string {
  const base = tree.exists('nx.json') ? readNxJson(tree)?.defaultBase : undefined;
  return (base ?? 'main').replace(/^origin\//, '');
}

interface PackageManager {
  readonly name: string;
  readonly install: string;
  readonly nx: string;
  readonly lock: string;
}

/** The package manager, by its lockfile; npm if there is none. */
function packageManager(tree: Tree): PackageManager {
  if (tree.exists('pnpm-lock.yaml'))
    return {
      name: 'pnpm',
      install: 'pnpm install --frozen-lockfile',
      nx: 'pnpm exec nx',
      lock: 'pnpm-lock.yaml',
    };
  if (tree.exists('yarn.lock'))
    return { name: 'yarn', install: 'yarn install --immutable', nx: 'yarn nx', lock: 'yarn.lock' };
  return { name: 'npm', install: 'npm ci', nx: 'npx nx', lock: 'package-lock.json' };
}
