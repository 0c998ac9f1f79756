import { failed, ok, promoteFailure, type Result } from '@prism-build/errors';
import { type Destination, parseReference, type Reference } from '@prism-build/registry';

/** An image of a registry whose host is written out: a forgotten one must not mean Docker Hub. */
export function parsePlace(option: string, text: string): Result<Reference> {
  const parsed = parseReference(text);
  if (parsed.ok && text.startsWith(`${parsed.value.registry}/`)) return parsed;
  const what = `--${option}=${text} names no image of a registry`;
  return failed(promoteFailure('PROMOTE_PLACE_INVALID', { what }));
}

/** Where an image goes: a name with a tag, or `:tag` for the repository that it is in. */
export function parseTarget(
  option: string,
  text: string,
  from: Destination,
): Result<Reference & { readonly tag: string }> {
  const { registry, repository } = from;
  const parsed = parsePlace(option, text.startsWith(':') ? `${registry}/${repository}${text}` : text);
  if (!parsed.ok) return parsed;
  const { tag } = parsed.value;
  if (tag !== undefined && text.endsWith(`:${tag}`)) return ok({ ...parsed.value, tag });
  return failed(promoteFailure('PROMOTE_PLACE_INVALID', { what: `--${option}=${text} names no tag` }));
}

/** Whether a tag is a version (`1.2.0`, `v1.2.0-rc.1`), which never moves to another image. */
export function isVersion(tag: string): boolean {
  return /^v?\d+\.\d+\.\d+(-[\w.-]+)?(_[\w.-]+)?$/.test(tag);
}
