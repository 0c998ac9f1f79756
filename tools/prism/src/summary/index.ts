import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { renderFailures } from '@prism-build/errors';
import { type DigestJson, platformName, verifyImage } from '@prism-build/oci';
import { targetName } from '@prism-build/workspace';
import glob from 'fast-glob';
import { formatTable } from './table';

/** The summary at the end of `npm run build`. */
export interface Summary {
  readonly table: string;
  /** Images that do not match digest.json, each with the task that repairs it. */
  readonly altered: readonly { readonly image: string; readonly task: string }[];
  readonly violations: readonly string[];
}

interface Run {
  readonly tasks: readonly {
    readonly projectName: string;
    readonly target: string;
    readonly startTime: string;
    readonly endTime: string;
    readonly cacheStatus: string;
    readonly status: number;
  }[];
}

/** The images of the last run, every blob verified. `runFile` is what Nx wrote about the run. */
export async function summarize(root: string, runFile: string): Promise<Summary> {
  const run = existsSync(runFile) ? (JSON.parse(readFileSync(runFile, 'utf8')) as Run) : { tasks: [] };
  const directory = join(root, 'dist', 'images');
  const images = (await glob('**/digest.json', { cwd: directory, suppressErrors: true })).map(dirname).sort();
  const rows: string[][] = [];
  const altered: Summary['altered'][number][] = [];
  const violations: string[] = [];
  for (const path of images) {
    const tasks = tasksOf(run, path);
    const project = tasks.find(({ target }) => target !== 'compile')?.projectName;
    if (project === undefined) continue;
    const image = await verifyImage(join(directory, path), { deep: 'hashes' });
    if (image.ok) rows.push([path, ...describeImage(image.value), ...describeTasks(tasks)]);
    else {
      const variant = path === project ? undefined : path.slice(project.length + 1);
      altered.push({ image: path, task: `${project}:${targetName('materialize', variant)}` });
      violations.push(renderFailures(image.failures));
    }
  }
  const head = ['image', 'digest', 'platforms and sizes', 'from', 'seconds'];
  return { table: formatTable([head, ...rows], [4]), altered, violations };
}

function describeImage(image: DigestJson): string[] {
  const sizes = image.platforms.map(({ platform, totals }) => {
    return `${platformName(platform)} ${(totals.uncompressedSize / 1e6).toFixed(2)} MB`;
  });
  return [image.index.digest.slice(0, 19), sizes.join('  ')];
}

/** The tasks of the image in a folder of dist/images; `compile` serves all images of a project. */
function tasksOf({ tasks }: Run, path: string): Run['tasks'] {
  return tasks.filter(({ projectName, target }) => {
    const [, variant] = /^(?:build-image|load-image|materialize)-(.+)$/.exec(target) ?? [];
    if (variant !== undefined) return join(projectName, variant) === path;
    return projectName === path;
  });
}

function describeTasks(tasks: Run['tasks']): string[] {
  const missed = tasks.filter(({ cacheStatus }) => cacheStatus === 'cache-miss');
  const milliseconds = missed.reduce(
    (sum, task) => sum + Date.parse(task.endTime) - Date.parse(task.startTime),
    0,
  );
  if (tasks.some(({ status }) => status !== 0)) return ['failed', (milliseconds / 1000).toFixed(1)];
  return [missed.length > 0 ? 'built' : 'cache', (milliseconds / 1000).toFixed(1)];
}
