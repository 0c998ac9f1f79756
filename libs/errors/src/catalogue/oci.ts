import { defineCatalogue } from '../define';

const REBUILD = 'Run the target again; it rebuilds what is missing or altered.';
const REPORT = 'This is a fault of Prism, not of your project: please report it with this message.';

/** Failures of blobs, layouts and the content store. */
export const ociFailure = defineCatalogue({
  BLOB_CORRUPT: { remedy: REBUILD },
  BLOB_MISSING: { remedy: REBUILD },
  DIGEST_JSON_MISSING: { remedy: 'Run `npx nx build-image <project>`.' },
  DIGEST_JSON_INVALID: { remedy: REBUILD },
  DIGEST_JSON_UNSUPPORTED: {
    remedy:
      'Install the version of prism that wrote it, or run `npx nx build-image <project>` with this one.',
  },
  IMAGE_INCONSISTENT: { remedy: REBUILD },
  LAYOUT_INVALID: {
    remedy: 'Remove the directory of the layout, and run `npx nx materialize <project>` again.',
  },
  LAYER_ENTRY_INVALID: { remedy: 'Correct the path or attribute that the message names.' },
  LAYER_SOURCE_CHANGED: {
    remedy: 'Wait until the program that writes the file has ended, then run the target again.',
  },
  LAYER_UNREADABLE: {
    remedy:
      'Remove the blob from the store, and run the target again. If it fails again, the tool that made the image wrote a broken layer: use another image.',
  },
  MEDIA_TYPE_UNSUPPORTED: { remedy: 'Use a base whose layers are tar, tar+gzip or tar+zstd.' },
  PLATFORM_DUPLICATE: { remedy: 'Name every platform once.' },
  IMAGE_INPUT_INVALID: { remedy: REPORT },
  STORE_NOT_WRITABLE: {
    remedy: 'Give yourself write access to the path, or name another directory in PRISM_DIR.',
  },
  FILE_FAILED: {
    remedy: 'Correct what the cause says about the path, then run the target again.',
  },
  LOCK_BUSY: {
    remedy: 'Stop the program that writes to the directory, then run the target again.',
  },
});
