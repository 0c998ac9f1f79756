import { ok, type Result } from '@prism-build/errors';
import type { Run } from '@prism-build/shell';
import { findModuleProxies, modulePath } from './fetch/modules';
import type { Wanted } from './fetch/obtain';
import { addressesOf, findMirrors } from './fetch/sources';
import type { LockedArchive, LockedPackage } from './lock';
import type { RootfsArchive } from './schema';

export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly run: Run;
}

/** Returns addresses of files. Asks apt or go of the machine once, and only if a file is missing. */
interface Places {
  readonly ofPackage: (locked: LockedPackage) => Wanted;
  readonly ofArchive: (archive: RootfsArchive, locked: LockedArchive, architecture: string) => Wanted;
}

export function openPlaces(suite: string, { env, run }: Surroundings): Places {
  const mirrors = once(() => findMirrors(suite, env, run));
  const proxies = once(() => findModuleProxies(env, run));
  return {
    ofPackage: ({ name, version, architecture, path, size, digest }) => ({
      label: `${name} ${version} (${architecture})`,
      size,
      digest,
      addresses: async () => {
        const found = await mirrors();
        if (!found.ok) return found;
        return ok(addressesOf([...found.value.mirrors, ...found.value.snapshots], path));
      },
    }),
    ofArchive: (archive, { name, size, digest }, architecture) => ({
      label: name,
      size,
      digest,
      addresses: () => archiveAddresses(archive, architecture, proxies),
    }),
  };
}

/** Addresses of an archive: at the module proxies, or its own. */
export async function archiveAddresses(
  archive: RootfsArchive,
  architecture: string,
  proxies: () => Promise<Result<string[]>>,
): Promise<Result<string[]>> {
  if (archive.url !== undefined) return ok([fill(archive.url, architecture)]);
  const found = await proxies();
  if (!found.ok) return found;
  const path = modulePath(archive.module!, fill(archive.version!, architecture));
  return ok(found.value.map((proxy) => `${proxy.replace(/\/+$/, '')}/${path}`));
}

/** The name of an archive in a lock: `module@version`, or its address. */
export function archiveName(archive: RootfsArchive, architecture: string): string {
  const { module, version, url } = archive;
  return fill(url ?? `${module}@${version}`, architecture);
}

const ociNames: Readonly<Record<string, string>> = {
  i386: '386',
  armhf: 'arm',
  armel: 'arm',
  ppc64el: 'ppc64le',
};

/** OCI's name, which is Go's, of an architecture of Debian's. */
function ociArchitecture(architecture: string): string {
  return ociNames[architecture] ?? architecture;
}

/** Debian's name for the architecture of an OCI platform (`arm` with variant v5 or v6 is armel). */
export function debianArchitecture({
  architecture,
  variant,
}: {
  architecture: string;
  variant?: string | undefined;
}): string {
  if (architecture === 'arm') return variant === 'v5' || variant === 'v6' ? 'armel' : 'armhf';
  return Object.entries(ociNames).find(([, name]) => name === architecture)?.[0] ?? architecture;
}

function fill(text: string, architecture: string): string {
  return text.replaceAll('{architecture}', ociArchitecture(architecture));
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let done: Promise<T> | undefined;
  return () => {
    done ??= work();
    return done;
  };
}
