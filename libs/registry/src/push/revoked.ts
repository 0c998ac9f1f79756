import { type Failure, failed, ok, pushFailure, type Result } from '@prism-build/errors';
import type { DigestJson } from '@prism-build/oci';
import * as z from 'zod';
import { type ImagesLock, lockedBase } from '../imagesLock';

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/, 'expected sha256: and 64 digits');
const list = z.record(digest, z.string().min(1, 'expected the reason'));

/** Digests of bases that must not be used any more, and why. */
export type Revoked = ReadonlyMap<string, string>;

/** Reads `{ "sha256:…": "reason" }`. Failure: PUSH_REVOKED_INVALID. */
export function parseRevoked(text: string, file: string): Result<Revoked> {
  const invalid = (why: string) => {
    const what = `${file} is no list of revoked bases`;
    return failed(pushFailure('PUSH_REVOKED_INVALID', { what, why, at: { file } }));
  };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return invalid(String(error));
  }
  const parsed = list.safeParse(value);
  return parsed.success ? ok(new Map(Object.entries(parsed.data))) : invalid(z.prettifyError(parsed.error));
}

/** An image that another one may be built from: its index and the manifests of its platforms. */
export interface Base {
  readonly name: string;
  readonly digests: readonly string[];
  /** The lock that names it, if one does. */
  readonly file?: string;
}

/** The images of a lock. */
export function listLocked(lock: ImagesLock, file: string): Base[] {
  return Object.entries(lock.images).map(([name, image]) => {
    const manifests = lockedBase(image).map(({ manifest }) => manifest.digest);
    return { name, file, digests: [image.digest, ...manifests] };
  });
}

/**
 * The revoked bases of an image: those that its layers come from, and those that it may be built from, by index or by platform: COPY
 * --from leaves no layer. Failures: PUSH_BASE_REVOKED.
 */
export function checkBases(
  name: string,
  { platforms }: DigestJson,
  bases: readonly Base[],
  revoked: Revoked,
): Failure[] {
  const known = bases.flatMap(({ name: base, digests, file }) =>
    digests.map((digest) => ({ digest, base, file })),
  );
  const inherited = platforms
    .flatMap(({ layers }) => layers)
    .flatMap(({ origin }) => (origin === 'own' ? [] : [origin.base as string]))
    .filter((one) => !known.some(({ digest }) => digest === one))
    .map((one) => ({ digest: one, base: 'a base', file: undefined }));
  const bad = [...known, ...inherited].filter((one) => revoked.has(one.digest));
  const distinct = new Map(bad.map((one) => [`${one.digest} ${one.base}`, one]));
  return [...distinct.values()].map(({ digest, base, file }) => {
    const what = `${name} is built from ${base} ${digest}, which is revoked`;
    return pushFailure('PUSH_BASE_REVOKED', {
      what,
      why: revoked.get(digest),
      ...(file && { at: { file } }),
    });
  });
}
