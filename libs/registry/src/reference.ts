import { failed, ok, type Result, registryFailure } from '@prism-build/errors';
import type { Digest } from '@prism-build/oci';

/** The name of an image in a registry (distribution/reference), in full. */
export interface Reference {
  /** Host, with a port where it has one. */
  readonly registry: string;
  readonly repository: string;
  /** `latest` if the name has neither tag nor digest; absent if it has a digest. */
  readonly tag?: string;
  readonly digest?: Digest;
}

const part = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const pattern = new RegExp(`^(${part}(?:/${part})*)(?::([\\w][\\w.-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$`);
const host = /^(?:[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*|\[[0-9a-fA-F:]+\])(?::\d+)?$/;

/**
 * Reads a name as Docker does: without a registry it is one of docker.io, and without a namespace there one of
 * `library`. Failure: REFERENCE_INVALID.
 */
export function parseReference(text: string): Result<Reference> {
  const invalid = () =>
    failed(registryFailure('REFERENCE_INVALID', { what: `${text} is not a valid image name` }));
  const slash = text.indexOf('/');
  const first = slash < 0 ? '' : text.slice(0, slash);
  const named = first === 'localhost' || /[.:\]]|[A-Z]/.test(first);
  if (named && !host.test(first)) return invalid();
  const match = pattern.exec(named ? text.slice(slash + 1) : text);
  if (!match) return invalid();
  const [, path = '', tag, digest] = match;
  const registry = named ? first : 'docker.io';
  const repository = registry === 'docker.io' && !path.includes('/') ? `library/${path}` : path;
  if (digest !== undefined) return ok({ registry, repository, digest: digest as Digest });
  return ok({ registry, repository, tag: tag ?? 'latest' });
}

/** The name in full: `docker.io/library/debian:12`, `quay.io/x/y@sha256:…`. */
export function formatReference({ registry, repository, tag, digest }: Reference): string {
  return `${registry}/${repository}${digest === undefined ? `:${tag}` : `@${digest}`}`;
}

/** The same repository, one manifest of it. */
export function atDigest({ registry, repository }: Reference, digest: Digest): Reference {
  return { registry, repository, digest };
}

/** Whether a registry is on this machine. Only loopback registries may skip TLS. */
export function isLoopback({ registry }: Reference): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/.test(registry);
}
