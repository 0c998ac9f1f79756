import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { makeStranger, type Shared, type Stranger } from '../stranger';
import type { Commit, WorkTree } from './commit';
import { compiledPlaces, historyFiles } from './files';
import type { Outcome } from './judge';

const later = promisify(execFile);
/** Git's ID of the empty tree. */
const emptyTree = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';

/** A workspace that uses the packages of an installed one, with its own editable copy of the plugin. */
export interface Follower extends Stranger {
  /** Checks out a commit, and installs the plugin that its package.json names. */
  readonly goTo: (commit: string) => void;
}

/** The outcome of each commit for each installed workspace, and so for each version of Nx, in their order. */
export async function walkHistory(
  shared: Shared,
  installed: readonly (readonly [string, Stranger])[],
  history: readonly Commit[],
): Promise<{ readonly outcomes: readonly Outcome[][]; readonly followers: readonly Follower[] }> {
  const author = makeFollower(shared, ...installed.at(-1)!);
  const commits = [author.git('rev-parse', 'HEAD'), ...history.map((commit) => makeCommit(author, commit))];
  const followers = installed.map((one) => makeFollower(shared, ...one));
  for (const one of followers) one.git('fetch', '-q', author.path('.git'), 'main');
  const [digests, ...selected] = await Promise.all([
    buildAll(author, commits),
    ...followers.map((one) => listAffected(one, commits)),
  ]);
  const outcomes = selected.map((chosen) =>
    history.map((_, index): Outcome => {
      const [before, after] = [digests[index]!, digests[index + 1]!];
      const all = Object.keys(after);
      return { all, differs: all.filter((one) => after[one] !== before[one]), selected: chosen[index]! };
    }),
  );
  return { outcomes, followers };
}

/** Builds every image of each commit from nothing, without Nx. A failed build is a result too. */
async function buildAll(at: Follower, commits: readonly string[]): Promise<Record<string, string>[]> {
  const built: Record<string, string>[] = [];
  for (const [index, commit] of commits.entries()) {
    at.goTo(commit);
    const range = `${commits[index - 1] ?? emptyTree}..${commit}`;
    const changed = at.git('diff', '--name-only', range, '--', ...compiledPlaces);
    const kept = changed === '' ? ['compiled'] : [];
    const argv = [
      join(__dirname, 'buildEverything.cjs'),
      at.path('.'),
      at.path('node_modules/prism'),
      ...kept,
    ];
    const { stdout } = await later(process.execPath, argv, { env: { ...at.env, GOPROXY: 'off' } });
    built.push(JSON.parse(stdout));
  }
  return built;
}

/** A worker process for each plugin would cost more than all the rest. */
const inProcess = { NX_ISOLATE_PLUGINS: 'false' };

/** The projects that `nx affected -t build-image` selects for each commit but the first, compared with the one before. */
async function listAffected(at: Follower, commits: readonly string[]): Promise<string[][]> {
  const listed: string[][] = [];
  for (const [index, head] of commits.slice(1).entries()) {
    at.goTo(head);
    const affected = ['--affected', '-t', 'build-image', `--base=${commits[index]}`, `--head=${head}`];
    listed.push(await at.jsonLater<string[]>(['show', 'projects', ...affected], inProcess));
  }
  return listed;
}

function makeCommit(author: Follower, { what, change }: Commit): string {
  change(workTree(author));
  author.git('add', '-A');
  author.git('commit', '-q', '--allow-empty', '-m', what);
  return author.git('rev-parse', 'HEAD');
}

function makeFollower(shared: Shared, nx: string, like: Stranger): Follower {
  const made = makeStranger(shared, nx, 'npm', historyFiles, like);
  fs.unlinkSync(made.path('node_modules'));
  fs.mkdirSync(made.path('node_modules'));
  const packages = fs.readdirSync(like.path('node_modules')).filter((name) => name !== 'prism');
  for (const name of packages)
    fs.symlinkSync(like.path(`node_modules/${name}`), made.path(`node_modules/${name}`));
  const original = like.path('node_modules/prism');
  let present: string | undefined;
  const goTo = (commit: string) => {
    made.git('reset', '-q', '--hard', commit);
    const { prism } = JSON.parse(fs.readFileSync(made.path('package.json'), 'utf8')).devDependencies;
    if (prism === present) return;
    present = prism;
    const place = made.path('node_modules/prism');
    fs.rmSync(place, { recursive: true, force: true });
    fs.cpSync(original, place, { recursive: true });
    if (prism.includes('/edited-')) editPlugin(place);
  };
  return { ...made, goTo };
}

/**
 * Edits the plugin so that it writes another word into the history of every image, and gives it another identity, as
 * packing would.
 */
function editPlugin(place: string): void {
  const file = join(place, 'dist', 'build.js');
  const text = fs.readFileSync(file, 'utf8');
  const edited = text.replaceAll('created_by:step.createdBy', 'created_by:"edited "+step.createdBy');
  if (edited === text) throw new Error('the plugin does not say who created a layer any more');
  fs.writeFileSync(file, edited);
  fs.writeFileSync(join(place, 'dist', 'build.identity'), createHash('sha256').update(edited).digest('hex'));
}

function workTree({ path, git }: Stranger): WorkTree {
  const read = (name: string) => fs.readFileSync(path(name), 'utf8');
  const put = (name: string, text: string) => {
    fs.mkdirSync(dirname(path(name)), { recursive: true });
    fs.writeFileSync(path(name), text);
  };
  return {
    git,
    put,
    append: (name, text) => put(name, `${read(name)}${text}`),
    replace: (name, from, to) => {
      if (!read(name).includes(from)) throw new Error(`${name} has no ${from}`);
      const text = read(name).replaceAll(from, () => to);
      put(name, text);
    },
    move: (from, to) => {
      fs.mkdirSync(dirname(path(to)), { recursive: true });
      fs.renameSync(path(from), path(to));
    },
    remove: (name) => fs.rmSync(path(name), { recursive: true }),
    allowExecution: (name) => fs.chmodSync(path(name), 0o755),
  };
}
