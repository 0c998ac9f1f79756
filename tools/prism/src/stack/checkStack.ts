import { podmanPods } from '@prism-build/engine';
import { type Failure, failed, failuresOf, ok, type Result, stackFailure } from '@prism-build/errors';
import type { Stack } from '@prism-build/stack';
import type { Load } from '../load/loaderOf';
import type { StackProject } from './openStack';
import { queryPodman } from './queryPodman';
import type { ResolvedImage } from './resolveImages';

/**
 * What `podman kube play` would find out late, or not at all: images and secrets that Podman does not have, and images that
 * run as root against runAsNonRoot. Failures: STACK_IMAGE_MISSING, STACK_SECRET_MISSING, STACK_VALUE_INVALID, and those of
 * `load`.
 *
 * @param load brings images of the workspace that Podman does not have
 */
export async function checkStack(
  project: StackProject,
  stack: Stack,
  images: readonly ResolvedImage[],
  load?: Load,
): Promise<Result<void>> {
  const seen = await Promise.all(
    images.map(async (image): Promise<readonly Failure[]> => {
      let user = await findUser(project, image);
      if (user === undefined && load && image.project !== undefined) {
        const loaded = await load(image.project);
        if (!loaded.ok) return loaded.failures;
        user = await findUser(project, image);
      }
      return user === undefined ? [describeMissing(image)] : checkUser(stack, image, user);
    }),
  );
  const secrets = await Promise.all(
    stack.secrets.map(async ({ name, at }) => {
      const found = await queryPodman(project, podmanPods.inspectSecret(name));
      if (found.ok) return found;
      return failed(stackFailure('STACK_SECRET_MISSING', { what: `Podman has no secret ${name}`, at }));
    }),
  );
  const failures = [...seen.flat(), ...failuresOf(...secrets)];
  return failures.length > 0 ? failed(...failures) : ok(undefined);
}

/** The user of an image in Podman; empty for root, undefined if Podman does not have this very image. */
async function findUser(project: StackProject, { name, config }: ResolvedImage): Promise<string | undefined> {
  const found = await queryPodman(project, podmanPods.inspectImage(name));
  if (!found.ok) return undefined;
  const [id = '', user = ''] = found.value.trim().split(' ');
  const plain = (digest: string) => digest.replace('sha256:', '');
  return config === undefined || plain(id) === plain(config) ? user : undefined;
}

function describeMissing({ name, project, at }: ResolvedImage): Failure {
  const what = `Podman does not have the image ${name}`;
  const remedy =
    project === undefined
      ? `Pull it: podman pull ${name}`
      : `Load it: npx nx load-image ${project} --engine=podman`;
  return stackFailure('STACK_IMAGE_MISSING', { what, remedy, at });
}

/** Podman ignores runAsNonRoot. As in Kubernetes, a user by name cannot be checked, and is refused. */
export function checkUser(
  { spec }: Stack,
  { container, name, at }: Pick<ResolvedImage, 'container' | 'name' | 'at'>,
  imageUser: string | undefined,
): Failure[] {
  const own = spec.containers.find((one) => one.name === container)?.securityContext;
  const { runAsNonRoot, runAsUser } = { ...spec.securityContext, ...own };
  if (!runAsNonRoot || runAsUser !== undefined) return [];
  const user = imageUser?.split(':')[0];
  if (user !== undefined && /^\d+$/.test(user) && Number(user) !== 0) return [];
  const what = `runAsNonRoot is true, and the image ${name} ${describeUser(user)}`;
  const remedy =
    'Set USER to a number in its Containerfile, or runAsUser in the securityContext of the container.';
  return [stackFailure('STACK_VALUE_INVALID', { what, remedy, at })];
}

function describeUser(user: string | undefined): string {
  if (user === undefined) return 'is not of this workspace, so its user is unknown';
  return user === '' || Number(user) === 0 ? 'runs as root' : `runs as ${user}, which is no number`;
}
