import type { Canary } from './scanner';

/**
 * Packages with published advisories that no database drops. A database that does not report them is empty, damaged
 * or lacks advisories for that kind of package. It would report every image as clean.
 */
const known: Readonly<
  Record<
    string,
    { readonly purl: string; readonly name: string; readonly version: string; readonly id: string }
  >
> = {
  golang: {
    purl: 'pkg:golang/golang.org/x/net@v0.7.0',
    name: 'golang.org/x/net',
    version: 'v0.7.0',
    id: 'CVE-2023-39325',
  },
  cargo: { purl: 'pkg:cargo/h2@0.3.16', name: 'h2', version: '0.3.16', id: 'CVE-2023-26964' },
  pypi: { purl: 'pkg:pypi/urllib3@1.26.4', name: 'urllib3', version: '1.26.4', id: 'CVE-2021-33503' },
  npm: { purl: 'pkg:npm/lodash@4.17.15', name: 'lodash', version: '4.17.15', id: 'CVE-2020-8203' },
};

/** Kinds of packages that belong to an operating system; its release decides which advisories apply. */
const ofSystems = new Set(['deb', 'apk', 'rpm']);

/** A canary for a kind of package; undefined if there is none, so the database cannot be checked for that kind. */
export function canaryOf(ecosystem: string): Canary | undefined {
  const one = known[ecosystem];
  if (!one) return undefined;
  const { purl, name, version, id } = one;
  const components = [{ 'bom-ref': 'canary', type: 'library', name, version, purl }];
  return {
    inventory: encode(components),
    isFound: (findings) => findings.some((finding) => finding.id === id),
    gap: `the database does not know ${id}, so it has no usable ${ecosystem} advisories`,
  };
}

/** A canary for a release of an operating system: an OpenSSL that is older than every fix. */
export function canaryOfSystem(family: string, release: string): Canary {
  const kind =
    family === 'alpine' || family === 'wolfi' ? 'apk' : /^(debian|ubuntu)$/.test(family) ? 'deb' : 'rpm';
  const version = kind === 'apk' ? '0.0.1-r0' : '0.0.1-1';
  const purl = `pkg:${kind}/${family}/openssl@${version}?distro=${family}-${release}`;
  const components = [
    { 'bom-ref': 'system', type: 'operating-system', name: family, version: release },
    { 'bom-ref': 'canary', type: 'library', name: 'openssl', version, purl },
  ];
  const gap = `the database has no advisories for ${family} ${release || '(no release)'}`;
  return { inventory: encode(components), isFound: (findings) => findings.length > 0, gap };
}

export function isOfSystem(ecosystem: string): boolean {
  return ofSystems.has(ecosystem);
}

function encode(components: readonly object[]): string {
  return JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.6', version: 1, components });
}
