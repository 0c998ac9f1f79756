import { defineCatalogue } from '../define';

/** Failures of moving images between tags, repositories and registries, and of clearing registries. */
export const promoteFailure = defineCatalogue({
  PROMOTE_PLACE_INVALID: {
    remedy: 'Write it as host[:port]/path:tag, such as registry.example/team/api:stable.',
  },
  PROMOTE_FROM_MISSING: {
    remedy: 'Push the image with `nx push-manifest <project>`, or name it: --from=<host>/<path>@sha256:….',
  },
  PROMOTE_UNSIGNED: {
    remedy:
      'Push the image again with the option `sign`, or name the key that signed it in the option `key`.',
  },
  PROMOTE_KEY_MISSING: { remedy: 'Name the key that signs for the new repository in the option `sign`.' },
  PROMOTE_ATTACHMENTS_DIFFER: {
    remedy: 'Promote to another repository, or remove the attachments of this image there first.',
  },
  PROMOTE_ORAS_MISSING: { remedy: 'Install oras (https://oras.land), or name its path in PRISM_ORAS.' },
  ROLLBACK_NONE: { remedy: 'Name the image: --to=sha256:….' },
  RETENTION_REFUSED: {
    remedy: 'Allow deletion in the settings of the registry (docker-registry: `storage.delete.enabled`).',
  },
  ROLLBACK_REASON_MISSING: { remedy: "Say why: --reason='…'. It goes to the audit log." },
});
