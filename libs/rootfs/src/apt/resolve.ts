import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { failed, ok, type Result, rootfsFailure } from '@prism-build/errors';
import { attempt, type Run } from '@prism-build/shell';
import type { LockedPackage } from '../lock';
import { namesFor, type Rootfs } from '../schema';
import { aptConfiguration, aptPreferences, sourcesList } from './configuration';
import { parseRecords, parseSimulation, pretendInstalled } from './parse';

export interface Resolver {
  readonly run: Run;
  /** apt's state, kept between runs: its indexes are about 20 MB. */
  readonly directory: string;
  /** Named mirrors; if empty, the machine's sources are used. */
  readonly mirrors: readonly string[];
}

/**
 * The packages of a rootfs on an architecture, with all dependencies, by apt's resolver. Installs nothing, needs no root,
 * and works for any architecture. Failure: PACKAGES_UNRESOLVED, with apt's message.
 */
export async function resolvePackages(
  rootfs: Rootfs,
  architecture: string,
  resolver: Resolver,
): Promise<Result<LockedPackage[]>> {
  const wanted = namesFor(rootfs.packages, architecture);
  const without = namesFor(rootfs.without, architecture);
  if (wanted.length === 0) return ok([]);
  const foreign = [...wanted, ...without].flatMap((name) => name.split(':').slice(1));
  const architectures = [...new Set([architecture, ...foreign])];
  const apt = await openApt(rootfs.suite, architectures, resolver);
  if (!apt.ok) return apt;
  const pretended = await pretend(without, architectures, apt.value);
  if (!pretended.ok) return pretended;
  const simulated = await apt.value.call('apt-get', ['install', '--simulate', '--yes', ...wanted]);
  if (!simulated.ok) return simulated;
  const chosen = parseSimulation(simulated.value).map(
    ({ name, version, architecture: of }) => `${name}:${of}=${version}`,
  );
  // apt-cache lists packages for all architectures (`all`) under the native architecture.
  const asked = chosen.map((one) => one.replace(':all=', `:${architecture}=`));
  const shown = await apt.value.call('apt-cache', ['show', ...asked]);
  if (!shown.ok) return shown;
  const records = parseRecords(shown.value);
  const found = new Map(
    records.map((one): [string, LockedPackage] => [`${one.name}:${one.architecture}=${one.version}`, one]),
  );
  const missing = chosen.filter((one) => !found.has(one));
  if (missing.length > 0) {
    const what = `apt chose packages without a SHA-256: ${missing.join(', ')}`;
    return failed(rootfsFailure('PACKAGES_UNRESOLVED', { what }));
  }
  return ok(chosen.map((one) => found.get(one)!));
}

/** States whose indexes this process has updated, so that bases locked together see the same mirror state. */
const updated = new Set<string>();

interface Apt {
  readonly call: (command: 'apt-get' | 'apt-cache', args: readonly string[]) => Promise<Result<string>>;
  readonly status: string;
}

async function openApt(
  suite: string,
  architectures: readonly string[],
  { run, directory: root, mirrors }: Resolver,
): Promise<Result<Apt>> {
  const directory = join(root, `${suite}-${architectures.join('-')}`);
  const status = join(directory, 'status');
  const configuration = join(directory, 'apt.conf');
  const prepared = await attempt(`cannot prepare ${directory}`, () => {
    for (const name of ['lists/partial', 'cache/archives/partial'])
      mkdirSync(join(directory, name), { recursive: true });
    writeFileSync(status, '');
    writeFileSync(join(directory, 'sources.list'), sourcesList(mirrors, suite));
    writeFileSync(join(directory, 'preferences'), aptPreferences(suite));
    const sources = mirrors.length > 0 ? 'own' : 'machine';
    writeFileSync(configuration, aptConfiguration(directory, architectures, sources));
  });
  if (!prepared.ok) return prepared;
  const call: Apt['call'] = async (command, args) => {
    const done = await run({ argv: [command, `--config-file=${configuration}`, ...args], timeout: 600_000 });
    if (done.ok) return ok(done.value.stdout);
    const { code, what, why } = done.failures[0]!;
    if (code !== 'COMMAND_FAILED') return done;
    return failed(
      rootfsFailure('PACKAGES_UNRESOLVED', { what: `apt cannot resolve ${suite}: ${what}`, why }),
    );
  };
  if (updated.has(directory)) return ok({ call, status });
  const done = await call('apt-get', ['update', '--error-on=any']);
  if (done.ok) updated.add(directory);
  return done.ok ? ok({ call, status }) : done;
}

/** Makes packages count as installed, in their available versions. */
async function pretend(
  names: readonly string[],
  architectures: readonly string[],
  apt: Apt,
): Promise<Result<void>> {
  if (names.length === 0) return ok(undefined);
  const asked = names.map((name) => (name.includes(':') ? name : `${name}:${architectures[0]}`));
  const shown = await apt.call('apt-cache', ['show', '--no-all-versions', ...asked]);
  if (!shown.ok) return shown;
  return attempt(`cannot write ${apt.status}`, () =>
    writeFileSync(apt.status, pretendInstalled(shown.value)),
  );
}
