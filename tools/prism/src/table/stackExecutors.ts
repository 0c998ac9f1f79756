import type { Executor, OwnTarget, StackNames } from './executor';

/** The target of a stack that does not need its images. */
function simple(name: string, description: string) {
  return (): OwnTarget => ({ executor: `prism:${name}`, metadata: { description } });
}

/** The same, after a target of each component that the stack names. */
function after(target: string, name: string, description: string) {
  return ({ components }: StackNames): OwnTarget => ({
    ...simple(name, description)(),
    ...(components.length > 0 && { dependsOn: [{ target, projects: [...components] }] }),
  });
}

/** The executors of stacks. */
export const stackExecutors: readonly Executor[] = [
  {
    name: 'up',
    description: 'Starts the pod of a stack with Podman, and waits until every probe answers.',
    batch: false,
    stackTarget: after('build-image', 'up', 'Start the stack, and wait until it is ready'),
  },
  {
    name: 'restart',
    description: 'Replaces the pod of a stack by one of the current stack.yaml and images.',
    batch: false,
    stackTarget: after('build-image', 'restart', 'Replace the stack by the current one'),
  },
  {
    name: 'dev-stack',
    description:
      'Starts the pod of a stack, and keeps its containers current: compiles at each change and replaces the program.',
    batch: false,
    stackTargetName: 'dev',
    stackTarget: (stack) => ({
      ...after(
        'load-image',
        'dev-stack',
        'Start the stack and replace programs at each change of their sources',
      )(stack),
      continuous: true,
    }),
  },
  {
    name: 'down',
    description: 'Stops and removes the pod of a stack; volumes of claims are kept unless asked.',
    batch: false,
    stackTarget: simple('down', 'Stop and remove the stack'),
  },
  {
    name: 'deploy',
    description:
      'Deploys a stack through the gate: starts the current version, watches it, and goes back to the one before if it is not healthy.',
    batch: false,
    stackTarget: after('build-image', 'deploy', 'Deploy the stack through the gate, with a way back'),
  },
  {
    name: 'stack-rollback',
    description: 'Starts an earlier deployment of a stack again, from images that are kept on this machine.',
    batch: false,
    // `rollback` moves the tag of an image.
    stackTargetName: 'rollback',
    stackTarget: simple('stack-rollback', 'Go back to an earlier deployment of the stack'),
  },
  {
    name: 'history',
    description: 'Prints the deployments of a stack: state, time, actor, images and cause.',
    batch: false,
    stackTarget: simple('history', 'Show the deployments of the stack'),
  },
  {
    name: 'status',
    description: 'Asks the probes of a running stack, and prints its containers; fails if one is not ready.',
    batch: false,
    stackTarget: simple('status', 'Show the containers of the stack'),
  },
  {
    name: 'logs',
    description: 'Prints what the containers of a stack have printed.',
    batch: false,
    stackTarget: simple('logs', 'Show what the containers of the stack print'),
  },
  {
    name: 'render',
    description: 'Prints a stack with the digests of its images, for podman kube play or for Kubernetes.',
    batch: false,
    stackTarget: after('build-image', 'render', 'Print the stack with the digests of its images'),
  },
];
