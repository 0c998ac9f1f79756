import type { rootfsFailure } from '../catalogue/rootfs';
import type { Explanations } from './explanation';

const rootfs = 'containerfiles/static/rootfs.json';
const lock = 'containerfiles/static/rootfs.lock.json';
const label = 'tzdata_2025b-0_all.deb';

export const rootfsExplanations: Explanations<typeof rootfsFailure> = {
  ROOTFS_INVALID: {
    means: 'rootfs.json is missing or does not have the fields of its schema.',
    causes: ['A typing error in a field.', 'An archive without a version, or with both `module` and `url`.'],
    example: { what: `there is no ${rootfs}`, at: { file: rootfs } },
  },
  ROOTFS_LOCK_MISSING: {
    means: 'A base that is made of packages has no lock, which names their versions and checksums.',
    causes: ['The base is new.', 'The lock was not committed.'],
    example: { what: `there is no ${lock}`, at: { file: lock } },
  },
  ROOTFS_LOCK_INVALID: {
    means: 'rootfs.lock.json is not JSON, or does not have the form of ADR 5.',
    causes: ['It has the conflict markers of a merge.', 'It was edited by hand.'],
    example: { what: 'this lock cannot be used', at: { file: lock } },
  },
  ROOTFS_LOCK_STALE: {
    means: 'rootfs.json changed after it was locked.',
    causes: ['A package was added or removed, and the base was not locked again.'],
    example: {
      what: 'rootfs.json asks for other packages or archives than this lock was made for',
      at: { file: lock },
    },
  },
  ROOTFS_ARCHITECTURE_UNLOCKED: {
    means: 'The base has no locked packages for a platform of the image.',
    causes: ['`architectures` of rootfs.json does not have it.', 'A platform was added to `platforms`.'],
    example: { what: 'the lock has nothing for riscv64' },
  },
  PACKAGES_UNRESOLVED: {
    means: 'apt finds no set of packages that satisfies rootfs.json.',
    causes: [
      'A package does not exist in the suite.',
      'Two packages exclude each other.',
      'The package lists of apt are old.',
    ],
    example: {
      what: 'apt cannot resolve bookworm: no such package',
      why: 'E: Unable to locate package tzdatta',
    },
  },
  PACKAGE_GONE: {
    means: 'No mirror has the locked version of a package any more.',
    causes: ['Debian replaced the version, for example with a security update.'],
    example: { what: `${label} is no longer available: mirrors keep only the current versions` },
  },
  PACKAGE_ALTERED: {
    means:
      'A mirror returned a package that does not match the SHA-256 in the lock, and no other mirror has the right one.',
    causes: ['A proxy alters answers.', 'The published file was replaced.'],
    example: { what: `${label} does not match the digest in the lock (sha256:ab12…)` },
  },
  PACKAGE_NOT_FETCHED: {
    means: 'A package or an archive could not be downloaded.',
    causes: ['No network.', 'A mirror that does not answer.'],
    example: { what: `cannot fetch ${label}`, why: 'HTTP status 503' },
  },
  MIRROR_UNKNOWN: {
    means: 'A download needs a mirror, and neither a variable nor the machine names one.',
    causes: [
      'The machine is not Debian or Ubuntu, and PRISM_DEBIAN_MIRRORS is not set.',
      'The machine runs another release than the base: apt of trixie has no sources for bookworm.',
    ],
    example: {
      what: 'no mirror with packages of bookworm is known',
      why: 'apt has no sources for it',
    },
  },
  PACKAGE_INVALID: {
    means: 'A file has the locked SHA-256, but is not a Debian package or archive that can be unpacked.',
    causes: ['Its compression is not supported.', 'The file was already damaged when it was locked.'],
    example: { what: 'tool.tar.gz is not a usable archive', why: 'unexpected end of file' },
  },
  PACKAGES_CONFLICT: {
    means: 'Two packages of a base contain the same path with different contents.',
    causes: ['The packages replace each other; dpkg would resolve that with diversions or alternatives.'],
    example: { what: '/etc/mime.types is in media-types and, with different content, in mailcap' },
  },
};
