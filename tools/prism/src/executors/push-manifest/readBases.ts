import { join, resolve } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { all, failed, ok, pushFailure, type Result } from '@prism-build/errors';
import { parseDigestJson } from '@prism-build/oci';
import { type Base, listLocked, parseImagesLock, parseRevoked, type Revoked } from '@prism-build/registry';
import { readTextIfThere } from '@prism-build/shell';
import { imageDirectory, imageKey } from '@prism-build/workspace';
import { openSiblings } from '../../nx/openSiblings';
import { listDependencies, readLocks } from '../../scanning/readLocks';

const DEFAULT = 'revoked-bases.json';

/**
 * The bases that a project's image may come from, of registries and of the workspace, and the revoked ones. Failures:
 * PUSH_REVOKED_INVALID, IMAGE_LOCK_INVALID, DIGEST_JSON_INVALID.
 */
export function readBases(
  project: string,
  file: string | undefined,
  context: ExecutorContext,
): Result<{ readonly bases: readonly Base[]; readonly revoked: Revoked }> {
  const text = readTextIfThere(resolve(context.root, file ?? DEFAULT));
  if (text === undefined && file !== undefined) {
    const what = `the option \`revoked\` of push-manifest names ${file}, which does not exist`;
    return failed(pushFailure('PUSH_REVOKED_INVALID', { what, remedy: 'Correct the option `revoked`.' }));
  }
  const revoked = parseRevoked(text ?? '{}', file ?? DEFAULT);
  if (!revoked.ok) return revoked;
  const locked = all(
    readLocks(project, context, ['images.lock.json']).map((one): Result<Base[]> => {
      const lock = parseImagesLock(one.text, one.file);
      return lock.ok ? ok(listLocked(lock.value, one.file)) : lock;
    }),
  );
  if (!locked.ok) return locked;
  const siblings = all(listSiblings(project, context));
  if (!siblings.ok) return siblings;
  return ok({ bases: [...locked.value.flat(), ...siblings.value], revoked: revoked.value });
}

/** The images of the workspace that a project depends on, as they were built for it. */
function listSiblings(project: string, context: ExecutorContext): Result<Base>[] {
  const { variantsOf } = openSiblings(context);
  return listDependencies(project, context)
    .filter((name) => name !== project)
    .flatMap((name) => [undefined, ...variantsOf(name)].map((variant) => ({ name, variant })))
    .flatMap(({ name, variant }) => {
      const file = join(imageDirectory(context.root, name, variant), 'digest.json');
      const text = readTextIfThere(file);
      if (text === undefined) return [];
      const image = parseDigestJson(text, file);
      if (!image.ok) return [image];
      const { index, platforms } = image.value;
      const digests = [index.digest, ...platforms.map(({ manifest }) => manifest.digest)];
      return [ok({ name: imageKey(name, variant), digests })];
    });
}
