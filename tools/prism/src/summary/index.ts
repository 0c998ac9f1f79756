import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { renderFailures } from '@prism-build/errors';
import { type DigestJson, platformName, verifyImage } from '@prism-build/oci';
import glob from 'fast-glob';
import { formatTable } from './table';

/** What `npm run build` ends with. */
export interface Summary {
  readonly table: string;
  /** Projects whose image is not what digest.json says. */
  readonly altered: readonly string[];
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
  const projects = (await glob('**/digest.json', { cwd: directory, suppressErrors: true }))
    .map(dirname)
    .sort();
  const rows: string[][] = [];
  const altered: string[] = [];
  const violations: string[] = [];
  for (const project of projects.filter((name) => run.tasks.some((task) => task.projectName === name))) {
    const image = await verifyImage(join(directory, project), { deep: 'hashes' });
    if (image.ok) rows.push([project, ...describeImage(image.value), ...describeRun(run, project)]);
    else {
      altered.push(project);
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

function describeRun(run: Run, project: string): string[] {
  const tasks = run.tasks.filter((task) => task.projectName === project);
  const missed = tasks.filter(({ cacheStatus }) => cacheStatus === 'cache-miss');
  const milliseconds = missed.reduce(
    (sum, task) => sum + Date.parse(task.endTime) - Date.parse(task.startTime),
    0,
  );
  if (tasks.some(({ status }) => status !== 0)) return ['failed', (milliseconds / 1000).toFixed(1)];
  return [missed.length > 0 ? 'built' : 'cache', (milliseconds / 1000).toFixed(1)];
}
