import type { pushFailure } from '../catalogue/push';
import type { Explanations } from './explanation';

const name = 'registry.example/team/api:1.2.0';

export const pushExplanations: Explanations<typeof pushFailure> = {
  PUSH_REGISTRY_MISSING: {
    means: 'The target push-manifest does not know where to push.',
    causes: ['Neither the target, nor nx.json, nor the command line names a registry.'],
    example: { what: 'no registry is named for api:push-manifest' },
  },
  PUSH_REGISTRY_INVALID: {
    means: 'The option `registry`, followed by the name of the project, is not a valid name of a repository.',
    causes: [
      'It begins with `https://` or ends with a tag.',
      'It has no host: without `.` or a port, its first part would be a path on Docker Hub.',
    ],
    example: { what: 'the registry https://registry.example is not host[:port]/path' },
  },
  PUSH_TAG_INVALID: {
    means: 'A rule of the option `tags` does not give a valid tag.',
    causes: [
      'It has {version}, and package.json of the project has no version.',
      'It has {branch}, and the checkout has no branch, which is usual in CI.',
      'A placeholder with a typing error.',
    ],
    example: { what: 'the tag rule v{version} needs {version}, which is not known here' },
  },
  PUSH_RELEASE_UNKNOWN: {
    means: '`nx release publish` cannot find out which version of a project this commit releases.',
    causes: [
      'CI checks out without tags.',
      'Commits were added after the release.',
      'The project is in no release group.',
    ],
    example: {
      what: 'no tag of git names the commit that is checked out, so the version of api is not known',
    },
  },
  PUSH_BLOCKED: {
    means: 'The scan that runs before a push does not allow the image.',
    causes: [
      'A vulnerability became known after the last scan.',
      'A suppression has expired.',
      'The image runs as root, or its configuration has a secret.',
    ],
    example: { what: 'the scan blocks api at sha256:9f86…', why: 'rule: runs as root (USER is not set)' },
  },
  PUSH_PLATFORM_MISSING: {
    means: 'The image has no manifest for a platform that its build-image target names.',
    causes: ['dist/images has an older build for other platforms.'],
    example: { what: 'api has no image for linux/arm64, which its build-image target names' },
  },
  PUSH_PLATFORM_WRONG: {
    means:
      'The program that the image starts, or every program in it, is compiled for another platform. It would fail with `exec format error`.',
    causes: [
      'A compiler ignored the platform that it should compile for.',
      'COPY takes one prebuilt file for all platforms.',
    ],
    example: { what: 'api for linux/arm64: /usr/bin/api is compiled for amd64' },
  },
  PUSH_BASE_REVOKED: {
    means: 'The image is built from a base that the list of revoked bases names.',
    causes: ['The lock has an old digest of the base.', 'A base was withdrawn by who made it.'],
    example: {
      what: 'api is built from docker.io/library/debian:12 sha256:9f86…, which is revoked',
      why: 'it has a key that leaked',
    },
  },
  PUSH_REVOKED_INVALID: {
    means: 'The list of revoked bases cannot be read, so nothing is pushed.',
    causes: ['The file that the option `revoked` names does not exist.', 'A digest without `sha256:`.'],
    example: { what: 'revoked-bases.json is no list of revoked bases' },
  },
  PUSH_TREE_DIRTY: {
    means: 'The option `requireClean` is set, and the work tree has uncommitted changes.',
    causes: ['Files were edited, or are untracked.', 'A build step writes into the sources.'],
    example: { what: 'the work tree has changes that are not committed', why: ' M apps/api/main.go' },
  },
  PUSH_IMAGE_CHANGED: {
    means: 'The image that was scanned is not the image that is about to be pushed.',
    causes: ['Another build of the project ran at the same time.', 'A file below dist/images was edited.'],
    example: { what: 'api was scanned as sha256:9f86… and is now sha256:60a2…' },
  },
  PUSH_TAG_IMMUTABLE: {
    means: 'The registry already has another image under a tag that must not move.',
    causes: ['The sources changed, and the version did not.', 'A toolchain or a base changed the digest.'],
    example: { what: `${name} is sha256:9f86…, and its tag is immutable` },
  },
  PUSH_TAG_MOVED: {
    means: 'Right after the push, the tag names an image other than the pushed one.',
    causes: ['Another push to the same tag ran at the same time.'],
    example: { what: `${name} is sha256:60a2… after the push of sha256:9f86…` },
  },
  PUSH_DENIED: {
    means: 'The registry does not let this account push.',
    causes: [
      'You are not logged in, or the login or its token has expired.',
      'The account may only read.',
      'The repository does not exist; some registries give this answer then.',
    ],
    example: {
      what: `registry.example does not take ${name} from you`,
      why: 'unauthorized: authentication required',
      remedy:
        'Log in with `skopeo login registry.example` (or `podman login`) as an account that may push, or name your credentials in REGISTRY_AUTH_FILE.',
    },
  },
  PUSH_CREDENTIALS: {
    means: 'The credentials are kept by a program, `docker-credential-<name>`, and it failed.',
    causes: [
      "docker's config.json names a helper in `credsStore` or `credHelpers` that is not installed.",
      'The keychain of the helper is locked.',
    ],
    example: {
      what: 'the credential helper for registry.example does not answer',
      why: 'exec: "docker-credential-desktop": executable file not found in $PATH',
    },
  },
  PUSH_PROXY_REFUSED: {
    means: 'The proxy of HTTPS_PROXY answers, and does not let this connection through.',
    causes: ['It wants a user and a password.', 'It forbids this registry or its port.'],
    example: {
      what: 'the proxy does not lead to registry.example',
      why: 'Get "https://registry.example/v2/": Proxy Authentication Required',
    },
  },
  PUSH_REPOSITORY_MISSING: {
    means: 'The registry has no repository of this name and does not create it by itself.',
    causes: ['The path has a typing error.', 'The registry requires that repositories are created first.'],
    example: { what: `registry.example has no repository for ${name}` },
  },
  PUSH_TOO_LARGE: {
    means:
      'The registry, or a proxy in front of it, refuses a blob because of its size, or the quota is used up.',
    causes: ['A limit such as `client_max_body_size` of nginx.', 'A quota of the project is used up.'],
    example: { what: `registry.example has no room for ${name}` },
  },
  PUSH_PLAIN_HTTP: {
    means: 'The registry speaks HTTP without TLS. Only loopback, and the hosts in `allowHttp`, may.',
    causes: ['A test registry on another machine.', 'The port is that of HTTP, not that of HTTPS.'],
    example: { what: 'registry.example:5000 speaks HTTP without TLS, which is allowed on loopback only' },
  },
  PUSH_UNTRUSTED: {
    means: 'The certificate of the registry is not trusted, or the registry wants one from the client.',
    causes: ['The certificate is signed by a CA of your own.', 'It is expired, or is for another host name.'],
    example: { what: 'the certificate of registry.example is not trusted' },
  },
  PUSH_UNREACHABLE: {
    means: 'The registry did not answer, or not in time, and all retries failed.',
    causes: ['There is no network, or no proxy setting.', 'The registry is overloaded or limits the rate.'],
    example: { what: `registry.example cannot be reached to push ${name}`, why: 'connection refused' },
  },
  PUSH_ALTERED: {
    means: 'The registry returned bytes other than those that were pushed.',
    causes: [
      'A proxy alters manifests.',
      'The registry converts images.',
      'A file of the store was altered.',
    ],
    example: { what: `registry.example does not hold ${name} as it was pushed` },
  },
  PUSH_FAILED: {
    means: 'skopeo failed in a way that fits none of the other codes. The cause shows its message.',
    causes: ['A registry with an unusual error message.', 'A broken configuration of skopeo.'],
    example: { what: `${name} could not be pushed` },
  },
};
