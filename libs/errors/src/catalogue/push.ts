import { defineCatalogue } from '../define';

/** Failures of pushes: of their settings, of the gate before them, and of registries that take images. */
export const pushFailure = defineCatalogue({
  PUSH_REGISTRY_MISSING: {
    remedy:
      'Pass --registry=<host>/<path>, or set "registry" among the options of the plugin prism in nx.json.',
  },
  PUSH_REGISTRY_INVALID: { remedy: 'Write it as host[:port]/path, such as registry.example/team.' },
  PUSH_TAG_INVALID: {
    remedy:
      'Correct the option `tags`: a tag has letters, digits, `.`, `_` and `-`, begins with neither `.` nor `-`, and has at most 128 characters.',
  },
  PUSH_RELEASE_UNKNOWN: {
    remedy:
      'Fetch the tags with `git fetch --tags` and check out the commit of the release, or make one with `npx nx release`.',
  },
  PUSH_BLOCKED: {
    remedy: 'Fix what the scan names, or accept it with a suppression in scan-policy.json; then push again.',
  },
  PUSH_PLATFORM_MISSING: { remedy: 'Run `npx nx build-image <project> --skip-nx-cache`, then push again.' },
  PUSH_PLATFORM_WRONG: {
    remedy: 'Correct the instruction that compiles or copies this file, and build the image again.',
  },
  PUSH_BASE_REVOKED: {
    remedy: 'Run `npx nx g prism:lock` to lock the current base, and build the image again.',
  },
  PUSH_REVOKED_INVALID: { remedy: 'Write it as { "sha256:…": "the reason" }.' },
  PUSH_TREE_DIRTY: { remedy: 'Commit the changes or put them aside with `git stash`, then push again.' },
  PUSH_IMAGE_CHANGED: { remedy: 'Wait until the other build has ended, then push again.' },
  PUSH_TAG_IMMUTABLE: {
    remedy: 'Push under a new version, or take the rule out of `immutableTags` if this tag may move.',
  },
  PUSH_TAG_MOVED: {
    remedy: 'Find out what else pushes to this tag; then push again if the tag should name this image.',
  },
  PUSH_DENIED: {
    remedy:
      'Log in with `skopeo login <registry>` as an account that may push, or name your credentials in REGISTRY_AUTH_FILE.',
  },
  PUSH_CREDENTIALS: {
    remedy:
      'Install the helper, or log in with `skopeo login`, which writes credentials that need no helper.',
  },
  PUSH_PROXY_REFUSED: {
    remedy:
      'Correct HTTPS_PROXY (http://user:password@host:port), or name the registry in NO_PROXY if it needs no proxy.',
  },
  PUSH_REPOSITORY_MISSING: {
    remedy: 'Create the repository in the registry, or correct the option `registry`.',
  },
  PUSH_TOO_LARGE: {
    remedy: 'Raise the limit of the registry or of the proxy in front of it, or make the image smaller.',
  },
  PUSH_PLAIN_HTTP: { remedy: 'Give the registry a certificate, or name its host in the option `allowHttp`.' },
  PUSH_UNTRUSTED: {
    remedy: 'Put the CA of the registry as ca.crt into a directory, and name it in the option `certDir`.',
  },
  PUSH_UNREACHABLE: {
    remedy:
      'Check the network, proxies and the name of the registry; then push again: finished blobs are not sent twice.',
  },
  PUSH_ALTERED: {
    remedy: 'Do not deploy from this registry. Tell its operator, then push again.',
  },
  PUSH_FAILED: {
    remedy: 'Correct what the cause names, then push again: finished blobs are not sent twice.',
  },
});
