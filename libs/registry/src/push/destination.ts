import { failed, ok, pushFailure, type Result } from '@prism-build/errors';
import { parseReference } from '../reference';

/** Where an image is pushed to. */
export interface Destination {
  /** Host, with a port where it has one. */
  readonly registry: string;
  readonly repository: string;
}

/**
 * The repository of an image: `127.0.0.1:5000/prism` and `api` give `prism/api` on that host. The host must be written out:
 * a forgotten one must not publish an image on Docker Hub. Failure: PUSH_REGISTRY_INVALID.
 */
export function parseDestination(registry: string, image: string): Result<Destination> {
  const base = registry.replace(/\/+$/, '');
  const [host = ''] = base.split('/');
  const parsed = parseReference(`${base}/${image}`);
  const tagged = base.slice(host.length).includes(':');
  const written = parsed.ok && !tagged && parsed.value.registry === host && parsed.value.digest === undefined;
  if (written) return ok({ registry: host, repository: parsed.value.repository });
  const what = `the registry ${registry} is not host[:port]/path`;
  const why = parsed.ok ? undefined : `${base}/${image} is no name of an image`;
  return failed(pushFailure('PUSH_REGISTRY_INVALID', { what, why }));
}
