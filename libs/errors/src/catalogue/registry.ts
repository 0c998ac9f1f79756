import { defineCatalogue } from '../define';

/** Failures of images that come from registries, and of their locks. */
export const registryFailure = defineCatalogue({
  REFERENCE_INVALID: { remedy: 'Write it as registry/name:tag or registry/name@sha256:….' },
  IMAGE_NOT_LOCKED: { remedy: 'Run `npx nx g prism:lock` and commit the lock.' },
  IMAGE_LOCK_INVALID: { remedy: 'Restore the file from git, or remove it and run `npx nx g prism:lock`.' },
  IMAGE_GONE: {
    remedy:
      'Correct the name, or run `npx nx g prism:lock` to lock the image that the tag names now. If another registry has the old image, name it there by its digest.',
  },
  IMAGE_ALTERED: {
    remedy:
      'Do not use the image. Try again later or from a mirror; if it fails again, tell the operator of the registry.',
  },
  IMAGE_UNREADABLE: { remedy: 'Use another image, or report this with the name of the image.' },
  REGISTRY_DENIED: {
    remedy: 'Log in with `skopeo login <registry>`, or name your credentials in REGISTRY_AUTH_FILE.',
  },
  REGISTRY_UNREACHABLE: {
    remedy:
      'Check the network, proxies and certificates, then run the target again; what is in the store needs no registry.',
  },
  REGISTRY_FAILED: {
    remedy: 'Read the cause; `skopeo inspect docker://<image>` shows more.',
  },
});
