import { compileFailure, failed, ok, type Result } from '@prism-build/errors';
import type { Machine, Toolchain } from './language';
import type { Pin } from './pin';

/**
 * Installed Debian packages from the text of /var/lib/dpkg/status: `name` and `name:architecture` to version. A
 * package for the machine's own architecture is listed under both names.
 */
export function debianVersions(status: string): Map<string, string> {
  const versions = new Map<string, string>();
  for (const paragraph of status.split('\n\n')) {
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(paragraph)?.[1];
    const name = field('Package');
    const version = field('Version');
    if (!name || !version || !field('Status')?.endsWith(' installed')) continue;
    versions.set(`${name}:${field('Architecture')}`, version);
    if (!versions.has(name)) versions.set(name, version);
  }
  return versions;
}

interface DebianToolchain {
  readonly title: string;
  /** Its absolute path; below /usr. */
  readonly command: string;
  /** For a pin without packages: the first of these that is installed must have the pin's upstream version. */
  readonly versionOf?: string | readonly string[];
}

/**
 * A toolchain of Debian packages. Fails unless the installed packages are exactly those of the pin, and lists every
 * difference.
 */
export function findDebianToolchain(
  pin: Pin,
  machine: Machine,
  { title, command, versionOf }: DebianToolchain,
): Result<Toolchain> {
  const versions = debianVersions(machine.readText('/var/lib/dpkg/status') ?? '');
  const wrong = Object.entries(pin.packages).filter(([name, version]) => versions.get(name) !== version);
  const why = wrong.map(
    ([name, version]) => `${name}: pinned ${version}, here ${versions.get(name) ?? 'absent'}`,
  );
  const witness = [versionOf ?? []].flat().find((name) => versions.has(name));
  const upstream = witness && /^(?:\d+:)?([^-+~]+)/.exec(versions.get(witness)!)?.[1];
  if (upstream && upstream !== pin.version) why.push(`${witness}: pinned ${pin.version}, here ${upstream}`);
  const unknown = versionOf && !upstream && Object.keys(pin.packages).length === 0;
  if (unknown && machine.isExecutable(command)) why.push(`nothing says which version ${command} is`);
  if (why.length === 0 && machine.isExecutable(command)) return ok({ command, root: '/usr' });
  const code =
    wrong.some(([name]) => versions.has(name)) || upstream ? 'TOOLCHAIN_DIFFERS' : 'TOOLCHAIN_MISSING';
  const what = `this stage is pinned to ${title} ${pin.version} of Debian's packages`;
  return failed(compileFailure(code, { what, why: why.join('\n') || `there is no ${command}` }));
}
