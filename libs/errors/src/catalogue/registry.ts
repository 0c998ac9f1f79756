import { defineCatalogue } from '../define';

/** Failures of images that come from registries, and of their locks. */
export const registryFailure = defineCatalogue({
  REFERENCE_INVALID: { remedy: 'Write it as registry/name:tag or registry/name@sha256:….' },
  IMAGE_NOT_LOCKED: { remedy: 'Run `nx g prism:lock` and commit the lock.' },
  IMAGE_LOCK_INVALID: { remedy: 'Take the file from git again, or remove it and run `nx g prism:lock`.' },
  IMAGE_GONE: {
    remedy:
      'Correct the name, or run `nx g prism:lock` to take what the tag stands for today; a copy of the old image in another registry can be named by its digest.',
  },
  IMAGE_ALTERED: {
    remedy:
      'Do not use it. Try again later or from a mirror; if it persists, tell the operator of the registry.',
  },
  IMAGE_UNREADABLE: { remedy: 'Use another image, or report this with the name of the image.' },
  REGISTRY_DENIED: { remedy: 'Log in, or name your credentials in REGISTRY_AUTH_FILE.' },
  REGISTRY_UNREACHABLE: {
    remedy:
      'Check the network, proxies and certificates, then run the target again; what is in the store needs no registry.',
  },
  REGISTRY_FAILED: {
    remedy: 'Read the cause above; `skopeo inspect` with the name shows more.',
  },
});
