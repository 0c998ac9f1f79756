import type { registryFailure } from '../catalogue/registry';
import type { Explanations } from './explanation';

const name = 'registry.example/team/tool:1';

export const registryExplanations: Explanations<typeof registryFailure> = {
  REFERENCE_INVALID: {
    means: 'A FROM or `--from` names an image in a form that no registry accepts.',
    causes: ['Capital letters or spaces in the name.', 'A digest that is too short.'],
    example: {
      what: 'Registry.example/Tool is not a valid image name',
      at: { file: 'apps/api/Containerfile', line: 1 },
    },
  },
  IMAGE_NOT_LOCKED: {
    means:
      'The image comes from a registry, and images.lock.json beside the Containerfile does not name it. Without a digest, the same Containerfile could give another image tomorrow.',
    causes: ['The workspace was never locked.', 'The tag in FROM was changed, and the lock was not.'],
    example: {
      what: `${name} is not in apps/api/images.lock.json`,
      remedy:
        'Run `npx nx g prism:lock` once for all projects (this one alone: --project=api), and commit the locks.',
      at: { file: 'apps/api/Containerfile', line: 1 },
    },
  },
  IMAGE_LOCK_INVALID: {
    means: 'images.lock.json is not JSON, or does not have the form of ADR 4.',
    causes: ['It has the conflict markers of a merge.', 'It was edited by hand.'],
    example: {
      what: 'apps/api/images.lock.json is not a lock of images',
      at: { file: 'apps/api/images.lock.json' },
    },
  },
  IMAGE_GONE: {
    means: 'The registry does not have the image, or one of its layers.',
    causes: ['The tag or the locked digest was removed.', 'The name has a typing error.'],
    example: { what: `registry.example has no ${name}`, why: 'manifest unknown' },
  },
  IMAGE_ALTERED: {
    means: 'The registry, or something in between, gave bytes that do not match the locked digest.',
    causes: [
      'A proxy or a mirror alters or truncates answers.',
      'The image was replaced, possibly by an attacker.',
    ],
    example: { what: `registry.example returned content for ${name} that does not match its digest` },
  },
  IMAGE_UNREADABLE: {
    means: 'The image was fetched correctly, but its manifest or configuration cannot be used.',
    causes: [
      'It is an artifact, not an image.',
      'It has a manifest of schema 1.',
      'Its parts contradict each other.',
    ],
    example: { what: `${name} is not an image that can be read`, why: 'mediaType: invalid' },
  },
  REGISTRY_DENIED: {
    means: 'The registry does not accept the credentials, or there are none.',
    causes: [
      'You are not logged in, or the login has expired.',
      'The image does not exist; some registries give this answer then.',
    ],
    example: {
      what: `registry.example does not give ${name} to you`,
      why: 'unauthorized: authentication required',
      remedy:
        'Log in with `skopeo login registry.example` (or `podman login`), or name your credentials in REGISTRY_AUTH_FILE.',
    },
  },
  REGISTRY_UNREACHABLE: {
    means: 'The registry does not answer.',
    causes: [
      'There is no network, or no proxy setting.',
      'Its certificate is not trusted.',
      'It is overloaded.',
    ],
    example: { what: `registry.example cannot be reached for ${name}`, why: 'connection refused' },
  },
  REGISTRY_FAILED: {
    means: 'skopeo failed in a way that fits none of the other codes. The cause shows its message.',
    causes: ['A registry with an unusual error message.', 'A broken configuration of skopeo.'],
    example: { what: `${name} could not be read`, why: 'reading registries.conf: invalid' },
  },
};
