import { defineCatalogue } from '../define';

/** Failures of blobs, layouts and the content store. */
export const ociFailure = defineCatalogue({
  BLOB_CORRUPT: { remedy: 'Run the target again; what is missing or altered is built anew.' },
});
