import { defineCatalogue } from '../define';

const REBUILD = 'Run the target again; it rebuilds what is missing or altered.';
const REPORT = 'This is a fault of Prism, not of your project: please report it with this message.';

/** Failures of blobs, layouts and the content store. */
export const ociFailure = defineCatalogue({
  BLOB_CORRUPT: { remedy: REBUILD },
  BLOB_MISSING: { remedy: REBUILD },
  DIGEST_JSON_MISSING: { remedy: 'Run the build-image target of this project.' },
  DIGEST_JSON_INVALID: { remedy: REBUILD },
  DIGEST_JSON_UNSUPPORTED: {
    remedy: 'Use the version of prism that wrote it, or run the build-image target again with this one.',
  },
  IMAGE_INCONSISTENT: { remedy: REBUILD },
  LAYOUT_INVALID: { remedy: 'Remove the layout and materialise it again.' },
  LAYER_ENTRY_INVALID: { remedy: 'Correct the path or attribute that is named above.' },
  LAYER_SOURCE_CHANGED: {
    remedy: 'Let whatever writes the file finish, then run the target again.',
  },
  LAYER_UNREADABLE: {
    remedy: 'Remove the blob and fetch or build it again; if it persists, its producer wrote it wrongly.',
  },
  MEDIA_TYPE_UNSUPPORTED: { remedy: 'Convert the image to tar, tar+gzip or tar+zstd layers.' },
  PLATFORM_DUPLICATE: { remedy: 'Name every platform once.' },
  IMAGE_INPUT_INVALID: { remedy: REPORT },
  STORE_NOT_WRITABLE: { remedy: 'Give yourself write access to that path, or set another one.' },
  FILE_FAILED: {
    remedy: 'Look at the path and the cause above, then run the target again.',
  },
  LOCK_BUSY: {
    remedy: 'Wait for the other run to end; if there is none, remove the lock directory.',
  },
});
