import { defineCatalogue } from '../define';

const RELOCK =
  'Run `npx nx g prism:lock --project=<name>`; it shows what changes. Locking needs apt; building does not.';

/** Failures of bases that are made of packages and archives. */
export const rootfsFailure = defineCatalogue({
  ROOTFS_INVALID: { remedy: 'Correct rootfs.json; node_modules/prism/docs/containerfiles.md shows one.' },
  ROOTFS_LOCK_MISSING: { remedy: RELOCK },
  ROOTFS_LOCK_INVALID: { remedy: RELOCK },
  ROOTFS_LOCK_STALE: { remedy: RELOCK },
  ROOTFS_ARCHITECTURE_UNLOCKED: {
    remedy:
      'Add the architecture to `architectures` of rootfs.json and lock again, or remove the platform from `platforms`.',
  },
  PACKAGES_UNRESOLVED: { remedy: 'Correct the packages of rootfs.json as apt says, then lock again.' },
  PACKAGE_GONE: {
    remedy:
      'If PRISM_DEBIAN_MIRRORS is set, it must name the security archive beside the main one. Else name an archive that keeps old versions in PRISM_DEBIAN_SNAPSHOTS, or take the current version with `npx nx g prism:lock --project=<name>` (the digest of the image changes with it).',
  },
  PACKAGE_ALTERED: {
    remedy:
      'Use another mirror (PRISM_DEBIAN_MIRRORS). If every mirror has these bytes, a published file was replaced: find out why before you lock again.',
  },
  PACKAGE_NOT_FETCHED: {
    remedy: 'Check the network and the mirrors, then run the target again; what was fetched is kept.',
  },
  MIRROR_UNKNOWN: {
    remedy:
      'Name the main and the security archive of the suite, as of any mirror: export PRISM_DEBIAN_MIRRORS="https://<mirror>/debian https://<mirror>/debian-security".',
  },
  PACKAGE_INVALID: {
    remedy:
      'Choose another version or package in rootfs.json, then lock again: the published file itself is damaged or not supported.',
  },
  PACKAGES_CONFLICT: {
    remedy: 'Remove one of the two packages from rootfs.json, or name the path in its `exclude`.',
  },
});
