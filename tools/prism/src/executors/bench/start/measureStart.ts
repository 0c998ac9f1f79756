import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { engineRun, isOnPath } from '@prism-build/builder';
import { steersEngine } from '@prism-build/engine';
import { failed, failuresOf, imageFailure, measureFailure, ok, type Result } from '@prism-build/errors';
import {
  describeHost,
  measureNoise,
  measureSides,
  type Probe,
  parseProbe,
  type Side,
  type StartReport,
  type StartSide,
  type TransferReport,
} from '@prism-build/measure';
import { blobPath, digestOf, gatherBlobs, listAllBlobs, parseConfig, platformName } from '@prism-build/oci';
import { keep, readKept } from '@prism-build/scan';
import { attempt, readTextIfThere, withLock } from '@prism-build/shell';
import { type Directories, executorIdentity, imageKey, lockPath, targetName } from '@prism-build/workspace';
import { measurementsDirectory } from '../../../measuring/benchDirectories';
import { placeOfOption } from '../../../nx/placeOfOption';
import { readVerifiedImage } from '../../../nx/readVerifiedImage';
import type { BenchOptions } from '../options';
import { makeBareSide } from './bareSide';
import { makeContainerSide } from './containerSide';
import { measureTransfer } from './measureTransfer';
import { readFiles } from './readFiles';
import type { StartInput } from './started';

/** What starts showed, and what was not measured. */
export interface Starts {
  readonly start: StartReport | undefined;
  readonly transfer?: TransferReport | undefined;
  readonly skipped: readonly { readonly what: string; readonly why: string }[];
}

/**
 * Time and memory of the image's start on the platform of this machine: as stored for the same image, host and options, or measured
 * now, one image at a time. Failures: PROBE_MISSING, PROBE_INVALID, those of starts and engines.
 */
export async function measureStart(
  project: string,
  options: BenchOptions,
  context: ExecutorContext,
): Promise<Result<Starts>> {
  const { variant } = options;
  const name = imageKey(project, variant);
  const verified = await readVerifiedImage(project, variant, context);
  if (!verified.ok) return verified;
  const { image, directories, store, directory, fetchBases } = verified.value;
  const host = process.arch === 'x64' ? 'amd64' : process.arch;
  const emulated = image.platforms.filter(({ platform }) => platform.architecture !== host);
  const skipped = emulated.map(({ platform }) => ({
    what: `the start on ${platformName(platform)}`,
    why: 'times and memory under emulation say nothing about it',
  }));
  const platform = image.platforms.find((one) => one.platform.architecture === host);
  const none = (why: string) => ok({ start: undefined, skipped: [...skipped, { what: 'the start', why }] });
  if (!platform) return none(`the image has no platform for this machine (${host})`);
  if (platform.entrypoint.length + platform.cmd.length === 0) return none('the image has nothing to start');
  const probe = readProbe(project, options, context);
  const files = readFiles(context.root, options.files);
  if (!probe.ok || !files.ok) return failed(...failuresOf(probe, files));
  const fetched = await fetchBases(platform.layers);
  if (!fetched.ok) return fetched;
  const gathered = await gatherBlobs({ store, imageDirs: [directory] }, listAllBlobs(image));
  if (!gathered.ok) return gathered;
  const config = await attempt(
    'cannot read the config',
    () => readTextIfThere(blobPath(store.directory, platform.config.digest)) ?? '',
  );
  if (!config.ok) return config;
  const parsed = parseConfig(Buffer.from(config.value), name);
  if (!parsed.ok) return parsed;
  const engine = options.where === 'bare' ? undefined : await readVersion(directories);
  const machine = describeHost(engine === undefined ? [] : [engine]);
  const { where, env, args, runs, timeout } = options;
  // Values of variables may be secret: the stored key is a digest.
  const key = `start ${executorIdentity('bench')} ${platform.manifest.digest} ${machine.fingerprint} ${digestOf(Buffer.from(JSON.stringify([probe.value.text, where, env, args, runs, files.value])))}`;
  const known = options.again ? undefined : readKept<Starts>(measurementsDirectory(context), key);
  if (known) return ok({ ...known, skipped: [...skipped, ...known.skipped] });
  const measured = await withLock(lockPath(directories, 'bench'), () => {
    const start = {
      name,
      verified: verified.value,
      store,
      platform,
      settings: parsed.value.settings,
      directories,
    };
    return inScratch(join(directories.prism, 'scratch'), (scratch) =>
      measureAll({ ...start, scratch, env, args, files: files.value }, engine, where, (sides) =>
        measureSides(name, sides, probe.value.probe, { runs, limit: timeout * 1000 }),
      ),
    );
  });
  if (!measured.ok) return measured;
  const { sides, left, noise, transfer } = measured.value;
  const start: StartReport = {
    ...{ platform: platformName(platform.platform), probe: probe.value.text, runs },
    ...{ measuredAt: new Date().toISOString(), host: machine, noise, sides: [...sides] },
  };
  // What a noisy machine measured is measured again.
  if (!noise.tooNoisy) await keep(measurementsDirectory(context), key, { start, transfer, skipped: left });
  return ok({ start: sides.length > 0 ? start : undefined, transfer, skipped: [...skipped, ...left] });
}

type Skipped = Starts['skipped'];

interface Measured {
  readonly sides: readonly StartSide[];
  readonly left: Skipped;
  readonly noise: StartReport['noise'];
  readonly transfer: TransferReport | undefined;
}

/** Makes the sides that this machine can have, and measures them. */
async function measureAll(
  input: StartInput,
  engine: string | undefined,
  where: BenchOptions['where'],
  measure: (sides: readonly Side[]) => Promise<Result<readonly StartSide[]>>,
): Promise<Result<Measured>> {
  const left: { what: string; why: string }[] = [];
  const sides: Side[] = [];
  if (where !== 'container') {
    const bare = await makeBareSide(input);
    if (!bare.ok) return bare;
    if (typeof bare.value === 'string') left.push({ what: 'the start without an engine', why: bare.value });
    else sides.push(bare.value);
  }
  const container =
    where !== 'bare' && engine !== undefined ? await makeContainerSide(input, engine) : undefined;
  if (container && !container.ok) return container;
  if (container) sides.push(container.value.side);
  else if (where !== 'bare') left.push({ what: 'the start in a container', why: 'Podman is not installed' });
  try {
    const noise = measureNoise();
    const measured = await measure(sides);
    if (!measured.ok) return measured;
    const transfer = container && engine !== undefined ? await measureTransfer(input, engine) : ok(undefined);
    return transfer.ok ? ok({ sides: measured.value, left, noise, transfer: transfer.value }) : transfer;
  } finally {
    await container?.value.remove();
  }
}

/** The probe of an image as it is written, and as it is read. Failures: PROBE_MISSING, PROBE_INVALID. */
function readProbe(
  project: string,
  { probe: text, variant, env }: BenchOptions,
  { root, projectsConfigurations }: ExecutorContext,
): Result<{ readonly text: string; readonly probe: Probe }> {
  const name = imageKey(project, variant);
  const directory = projectsConfigurations?.projects[project]?.root ?? '.';
  if (text === undefined)
    return failed(
      measureFailure('PROBE_MISSING', {
        what: `nothing says when ${name} is ready`,
        at: { file: join(directory, 'project.json') },
      }),
    );
  const steering = Object.keys(env).find(steersEngine);
  if (steering !== undefined)
    return failed(
      imageFailure('OPTIONS_INVALID', { what: `option env of bench: ${steering} would steer the engine` }),
    );
  const probe = parseProbe(text);
  if (!('why' in probe)) return ok({ text, probe });
  const what = `the probe of ${name} cannot be used: ${probe.why}`;
  const target = targetName('bench', variant);
  const at = placeOfOption(root, { directory, target, executor: 'prism:bench', name: 'probe', value: text });
  return failed(measureFailure('PROBE_INVALID', { what, at }));
}

/** Name and version of Podman; undefined if it is not there. */
async function readVersion(directories: Directories): Promise<string | undefined> {
  if (!isOnPath('podman')) return undefined;
  const version = await engineRun(directories)({ argv: ['podman', '--version'] });
  return version.ok ? version.value.stdout.trim().replace(' version', '') : undefined;
}

async function inScratch<T>(parent: string, work: (directory: string) => Promise<T>): Promise<T> {
  mkdirSync(parent, { recursive: true });
  // prune removes it if this process is killed.
  const scratch = mkdtempSync(join(parent, `${process.pid}-bench-`));
  try {
    return await work(scratch);
  } finally {
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
  }
}
