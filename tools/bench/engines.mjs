import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { dockerOf } from './lib/docker.mjs';
import { align, measure, table } from './lib/measure.mjs';
import { podmanOf } from './lib/podman.mjs';
import { pssOf } from './lib/proc.mjs';
import { time } from './lib/process.mjs';
import { temporaryDirectory } from './lib/workspace.mjs';

const image = 'localhost/bench:latest';
const containerfile = `FROM scratch
COPY busybox /bin/busybox
RUN ["/bin/busybox", "--install", "-s", "/bin"]
COPY files /files
RUN ["/bin/sh", "-c", "cat /files/* | sha256sum > /sum"]
COPY line /line
RUN ["/bin/sh", "-c", "wc -c /line > /count"]
`;
/** What runs in containers. `time` measures inside, so that the start of the container does not count. */
const work = {
  cpu: 'dd if=/dev/zero bs=1M count=150 2>/dev/null | sha256sum >/dev/null',
  write: 'dd if=/dev/zero of=/large bs=1M count=200 conv=fsync 2>/dev/null',
  files: 'i=0; while [ $i -lt 5000 ]; do echo $i > /small$i; i=$((i+1)); done; rm /small*',
};
/** Podman's gain that lessons claim: 15 to 20 % with little CPU, 25 % for files. */
const claimed = { constrained: 100 / 115, files: 100 / 125 };

/**
 * Podman against Docker, both with their own stores, the same Containerfile and no network: builds, starts, work in a container
 * with and without limits, and the memory of `size` idle containers.
 */
export async function engines({ rounds = 5, size = '10' }) {
  const scratch = temporaryDirectory();
  const context = writeContext(scratch);
  const all = { podman: podmanOf(scratch), docker: await dockerOf(scratch) };
  const build = (engine, ...more) =>
    all[engine]('build', '-q', ...more, '--network', 'none', '-t', image, context);
  const inside = async (engine, script, ...limits) => {
    const timed = ['/bin/time', '-f', '%e', '/bin/sh', '-c', `{ ${script}; } 2>/dev/null`];
    const shell = ['/bin/sh', '-c', '"$@" 2>&1', 'sh', ...timed];
    // Not --rm: Podman then mounts a volatile overlay, which ignores fsync, and would win by that alone.
    const named = ['run', '--name', 'work', '--network', 'none', ...limits];
    const output = await all[engine](...named, image, ...shell);
    await all[engine]('rm', 'work');
    const seconds = Number(output.trim());
    if (!(seconds > 0)) throw new Error(`no time from ${engine}: ${output}`);
    return seconds * 1000;
  };
  const cases = {
    'build, nothing cached': (engine) => time(() => build(engine, '--no-cache')),
    'build, all cached': (engine) => time(() => build(engine)),
    'build, one line changed': (engine) => {
      fs.writeFileSync(join(context, 'line'), randomUUID());
      return time(() => build(engine));
    },
    'start of a container that ends at once': (engine) =>
      time(() => all[engine]('run', '--rm', '--network', 'none', image, '/bin/true')),
    'CPU without a limit': (engine) => inside(engine, work.cpu),
    'CPU with --cpus=0.5': (engine) => inside(engine, work.cpu, '--cpus=0.5'),
    'write 200 MB and sync': (engine) => inside(engine, work.write),
    'write 5,000 files, remove them': (engine) => inside(engine, work.files),
  };
  const goals = {
    'CPU with --cpus=0.5': claimed.constrained,
    'write 200 MB and sync': claimed.files,
    'write 5,000 files, remove them': claimed.files,
  };
  const rows = [];
  for (const [what, run] of Object.entries(cases)) {
    process.stderr.write(`${what}: `);
    const times = await measure({ podman: () => run('podman'), docker: () => run('docker') }, rounds);
    rows.push([`podman: ${what}`, times.podman, { to: 'docker', peer: times.docker, goal: goals[what] }]);
    rows.push([`docker: ${what}`, times.docker]);
  }
  return [
    'Podman against Docker; goals are what lessons claim of Podman (15 % with little CPU, 25 % for files)\n',
    await describeEngines(all),
    `  commands: build -q [--no-cache] --network none; run --network none [--cpus=0.5] … sh -c '${work.cpu}',\n`,
    `    '${work.write}', '${work.files}'\n`,
    table(rows),
    align([
      ['memory (PSS)', 'no container', `${size} idle containers`, 'each'],
      ...(await idleMemory(all, scratch, Number(size))),
    ]),
  ].join('');
}

function writeContext(scratch) {
  const context = join(scratch, 'context');
  fs.mkdirSync(join(context, 'files'), { recursive: true });
  fs.copyFileSync('/bin/busybox', join(context, 'busybox'));
  for (let index = 0; index < 200; index += 1)
    fs.writeFileSync(join(context, 'files', `${index}`), Buffer.alloc(100_000, index));
  fs.writeFileSync(join(context, 'line'), 'first');
  fs.writeFileSync(join(context, 'Dockerfile'), containerfile);
  return context;
}

async function describeEngines({ podman, docker }) {
  const podmanFacts = await podman(
    'info',
    '--format',
    '{{.Store.GraphDriverName}}, {{.Host.OCIRuntime.Name}}',
  );
  const dockerFacts = await docker('info', '--format', '{{.Driver}}, {{.DefaultRuntime}}');
  const podmanVersion = await podman('version', '--format', '{{.Client.Version}}');
  const dockerVersion = await docker('version', '--format', '{{.Server.Version}}');
  return [
    `  podman ${podmanVersion.trim()} (${podmanFacts.trim()})`,
    `docker ${dockerVersion.trim()} with BuildKit (${dockerFacts.trim()})\n`,
  ].join(', ');
}

/** Memory of the engine's own processes, not of what runs in the containers, which is the same program. */
async function idleMemory(all, scratch, count) {
  const owned = { podman: join(scratch, 'storage'), docker: join(scratch, 'docker') };
  const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
  const rows = [];
  for (const [name, engine] of Object.entries(all)) {
    const before = pssOf(owned[name]);
    const started = [];
    for (let index = 0; index < count; index += 1)
      started.push((await engine('run', '-d', '--network', 'none', image, '/bin/sleep', '10000')).trim());
    const after = pssOf(owned[name]);
    await engine('rm', '-f', ...started);
    rows.push([name, ...[before, after, (after - before) / count].map(megabytes)]);
  }
  return rows;
}
