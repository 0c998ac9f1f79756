import type { Executor } from './executor';
import { stackExecutors } from './stackExecutors';

/** No key without a value: it would hide the one of targetDefaults in nx.json. */
function pushOptions(registry: string | undefined, variant: string | undefined): object {
  if (registry === undefined) return variant === undefined ? {} : { variant };
  return variant === undefined ? { registry } : { registry, variant };
}

/**
 * All executors. `generate-schemas` makes executors.json, the schemas and docs/options.md from these rows; load.cjs, compile.cjs
 * and the package follow executors.json; inference adds the target of each row to each image.
 */
export const executors: readonly Executor[] = [
  {
    // Its targets, compile, build-image and rootfs, depend on the Containerfile: inference makes them (make/targets.ts).
    name: 'build',
    description:
      "Runs a step of an image's build: compile, or the assembly of the image. One executor, so that Nx runs a whole graph of them in one process.",
    batch: true,
  },
  {
    name: 'load-image',
    description: 'Brings a built image into podman or docker.',
    batch: true,
    target: ({ prefix, variant, image, nameOf }) => ({
      executor: 'prism:load-image',
      dependsOn: [nameOf('build-image')],
      cache: false,
      options: variant === undefined ? { prefix } : { prefix, variant },
      metadata: { description: `Bring ${image} into podman or docker, unless it is there` },
    }),
  },
  {
    name: 'run-image',
    description: 'Runs a loaded image in the foreground until it exits or is stopped.',
    batch: false,
    target: ({ prefix, variant, image, nameOf }) => ({
      executor: 'prism:run-image',
      // Builds with the same engine. A dry run loads nothing.
      dependsOn: [{ target: nameOf('load-image'), params: 'forward' }],
      cache: false,
      continuous: true,
      options: variant === undefined ? { prefix } : { prefix, variant },
      metadata: { description: `Run ${image} in the foreground, its ports on loopback` },
    }),
  },
  {
    name: 'dev',
    description:
      'Runs a loaded image in the foreground, and keeps its container current: compiles at each change and replaces the program.',
    batch: false,
    target: ({ prefix, variant, image, nameOf }) => ({
      executor: 'prism:dev',
      dependsOn: [nameOf('load-image')],
      cache: false,
      continuous: true,
      options: variant === undefined ? { prefix } : { prefix, variant },
      metadata: { description: `Run ${image} and replace its program at each change of its sources` },
    }),
  },
  {
    name: 'materialize',
    description: 'Makes a complete OCI layout of a built image, by hard links from the content store.',
    batch: false,
    target: ({ variant, image, nameOf }) => ({
      executor: 'prism:materialize',
      dependsOn: [nameOf('build-image')],
      cache: false,
      options: variant === undefined ? {} : { variant },
      metadata: { description: `Make a complete OCI layout of ${image} under dist/layouts` },
    }),
  },
  {
    name: 'scan',
    description:
      'Lists what an image holds as CycloneDX under dist/inventory, finds known vulnerabilities and judges them by a policy; whatever it cannot judge blocks.',
    batch: true,
    target: ({ variant, image, nameOf }) => ({
      executor: 'prism:scan',
      dependsOn: [nameOf('build-image')],
      // The decision depends on the database and the time.
      cache: false,
      options: variant === undefined ? {} : { variant },
      // As a configuration, because options of the command line would also be part of the keys of compile.
      configurations: {
        report: { format: 'json,sarif,junit,markdown', output: 'dist/scan/{image}.{format}' },
      },
      metadata: { description: `Judge ${image} by its known vulnerabilities` },
    }),
  },
  {
    name: 'bench',
    description: 'Measures an image, judges its budgets and compares it with an earlier one.',
    batch: true,
    target: ({ variant, image, nameOf }) => ({
      executor: 'prism:bench',
      dependsOn: [nameOf('build-image')],
      // Measurements are stored by the image's digest; a verdict is made each time.
      cache: false,
      options: variant === undefined ? {} : { variant },
      // As configurations, because options of the command line would also be part of the keys of compile.
      configurations: {
        sizes: { sizesOnly: true },
        compare: { sizesOnly: true, format: 'markdown', output: 'dist/bench/{image}.md' },
      },
      metadata: { description: `Measure ${image} and judge its budgets` },
    }),
  },
  {
    name: 'push-manifest',
    description:
      'Pushes an image to a registry after a gate: all platforms with their digests, tags last, and a receipt.',
    batch: true,
    target: ({ variant, registry, image, nameOf }) => ({
      executor: 'prism:push-manifest',
      // The gate scans by itself, because a decision holds only for the moment.
      dependsOn: [nameOf('build-image')],
      cache: false,
      options: pushOptions(registry, variant),
      metadata: { description: `Push ${image} with all platforms, if the gate allows it` },
    }),
  },
  {
    name: 'release-publish',
    description:
      'Pushes the images of a project under the version that `nx release` gave it, as push-manifest does; nothing if it has no new version.',
    batch: true,
    releaseTarget: ({ builds }) => ({
      executor: 'prism:release-publish',
      dependsOn: [...builds],
      cache: false,
      metadata: { description: 'Push the images of a release under its version, if the gate allows it' },
    }),
  },
  {
    name: 'verify-image',
    description:
      'Verifies an image of a registry by a policy: signatures, SBOM, provenance, and by building it again.',
    batch: false,
    target: ({ variant, image }) => ({
      executor: 'prism:verify-image',
      cache: false,
      options: variant === undefined ? {} : { variant },
      metadata: { description: `Verify ${image} that was pushed` },
    }),
  },
  {
    name: 'promote',
    description:
      'Moves an image of a registry to another tag, repository or registry after a gate, with the same digests and what is attached.',
    batch: false,
    needsRegistry: true,
    target: ({ variant, image }) => ({
      executor: 'prism:promote',
      cache: false,
      options: variant === undefined ? {} : { variant },
      metadata: {
        description: `Move ${image} that was pushed to another tag or repository, if the gate allows it`,
      },
    }),
  },
  {
    name: 'rollback',
    description: 'Points a tag of a registry back to the last good image of the audit log, after a gate.',
    batch: false,
    needsRegistry: true,
    target: ({ variant, image }) => ({
      executor: 'prism:rollback',
      cache: false,
      options: variant === undefined ? {} : { variant },
      metadata: { description: `Point a tag of ${image} back to the last good one` },
    }),
  },
  {
    name: 'retention',
    description:
      'Lists what a registry may delete by rule, and deletes it if asked: nothing that a tag, an index, a signature or a receipt needs.',
    batch: false,
    needsRegistry: true,
    target: ({ variant, image }) => ({
      executor: 'prism:retention',
      cache: false,
      options: variant === undefined ? {} : { variant },
      metadata: { description: `List old images of the repository of ${image}` },
    }),
  },
  ...stackExecutors,
];
