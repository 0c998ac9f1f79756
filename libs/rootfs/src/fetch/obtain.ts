import { failed, ok, type Result, rootfsFailure } from '@prism-build/errors';
import { type ContentStore, type Digest, digestOf, hasBlob, putBlob, readBlob } from '@prism-build/oci';
import { download } from './download';

/** A file of a lock. */
export interface Wanted {
  /** For people: `libc6 2.36-9 (amd64)`. */
  readonly label: string;
  readonly size: number;
  readonly digest: Digest;
  /** Addresses in order; called only if the store does not have the file. */
  readonly addresses: () => Promise<Result<readonly string[]>>;
}

const mediaType = 'application/octet-stream';

/** Fetches a file into the store if it is missing. Its bytes are verified whenever they are read. */
export async function fetchIntoStore(store: ContentStore, wanted: Wanted): Promise<Result<void>> {
  if (await hasBlob(store, wanted)) return ok(undefined);
  const fetched = await fetchBytes(store, wanted);
  return fetched.ok ? ok(undefined) : fetched;
}

/** The bytes of a file: from the store, else from the first address that has the locked content. */
export async function obtain(store: ContentStore, wanted: Wanted): Promise<Result<Uint8Array>> {
  if (await hasBlob(store, wanted)) {
    // Reading an altered blob removes it; it is then fetched again.
    const kept = await readBlob(store, wanted.digest);
    if (kept.ok) return kept;
  }
  return fetchBytes(store, wanted);
}

async function fetchBytes(store: ContentStore, wanted: Wanted): Promise<Result<Uint8Array>> {
  const addresses = await wanted.addresses();
  if (!addresses.ok) return addresses;
  const gone: string[] = [];
  const altered: string[] = [];
  const broken: string[] = [];
  for (const address of addresses.value) {
    const got = await download(address, wanted.size);
    if (got.outcome === 'gone') gone.push(got.why);
    else if (got.outcome === 'failed') broken.push(got.why);
    else if (digestOf(got.bytes) !== wanted.digest)
      altered.push(`${new URL(address).host}: ${digestOf(got.bytes)}`);
    else {
      const put = await putBlob(store, mediaType, got.bytes);
      return put.ok ? ok(got.bytes) : put;
    }
  }
  const { label, digest } = wanted;
  const why = [...altered, ...broken, ...gone].join('\n') || undefined;
  if (altered.length > 0) {
    const what = `${label} does not match the digest in the lock (${digest})`;
    return failed(rootfsFailure('PACKAGE_ALTERED', { what, why }));
  }
  if (broken.length > 0)
    return failed(rootfsFailure('PACKAGE_NOT_FETCHED', { what: `cannot fetch ${label}`, why }));
  const what = `${label} is no longer available: mirrors keep only the current versions`;
  return failed(rootfsFailure('PACKAGE_GONE', { what, why }));
}
