import { posix } from 'node:path';
import type { CreateNodesResult, TargetConfiguration } from '@nx/devkit';
import { formatReference, parseReference } from '@prism-build/registry';
import { type Files, imageName } from '@prism-build/workspace';
import { executors } from '../../table/executors';
import type { ProjectFiles } from '../declared/openOutputs';
import { type RegistryImage, toRegistryImage } from '../read/registryImages';
import type { Edge } from './edges';
import { nameProjects } from './names';

/** A directory with a stack.yaml, and the images that the file names. */
export interface StackReads {
  readonly file: string;
  readonly root: string;
  readonly images: readonly string[];
}

const isStackFile = (file: string): boolean => posix.basename(file) === 'stack.yaml';

/** The stacks among these files. A stack.yaml without documents of Kubernetes is another tool's, such as Haskell's. */
export function readStacks(found: readonly string[], files: Files): StackReads[] {
  return found.filter(isStackFile).flatMap((file) => {
    const images = files.facts(file, 'stack', readImages) ?? null;
    return images === null ? [] : [{ file, root: posix.dirname(file), images }];
  });
}

function readImages(text: string): readonly string[] | null {
  if (!/^apiVersion:/m.test(text) || !/^kind:/m.test(text)) return null;
  // Loaded when a stack is new or has changed.
  const { listImages } =
    require('@prism-build/stack/listImages') as typeof import('@prism-build/stack/listImages');
  return listImages(text);
}

interface Named {
  readonly name: string;
  readonly root: string;
  readonly label: string | undefined;
}

/** The projects of stacks: targets, and edges to every image that they name and to nothing else. */
export function makeStacks(
  stacks: readonly StackReads[],
  components: readonly Named[],
  projectFiles: ProjectFiles,
  prefix: string,
): { readonly node: readonly [string, CreateNodesResult]; readonly edges: readonly Edge[] }[] {
  if (stacks.length === 0) return [];
  const known = new Map(components.map((one) => [imageName(prefix, one.name), one]));
  const names = nameStacks(stacks, components, projectFiles);
  return stacks.map(({ file, root, images }, index) => {
    const project = names[index]!;
    const used = images.flatMap((image) => known.get(image.replace(/:latest$/, '')) ?? []);
    const pinned = images.flatMap(readPinned);
    const stack = { project, components: used.map(({ name }) => name) };
    const targets: Record<string, TargetConfiguration> = {};
    // The project may be a component as well, whose targets keep their names.
    const isComponent = components.some((one) => one.root === root);
    for (const { name, stackTarget, stackTargetName = name } of executors)
      if (stackTarget) targets[isComponent ? name : stackTargetName] = stackTarget(stack);
    const metadata = { technologies: ['kubernetes'] };
    const externalNodes = Object.fromEntries(
      pinned.map(({ node, name, digest }) => {
        const data = { version: digest, packageName: name, hash: digest };
        return [node, { type: 'oci', name: node, data }] as const;
      }),
    );
    const projects = {
      [root]: { name: project, root, projectType: 'application' as const, metadata, targets },
    };
    const edges: Edge[] = [
      ...used.map((one) => ({ from: file, root, directory: one.root })),
      ...pinned.map((image) => ({ from: file, root, image })),
    ];
    return { node: [file, { projects, externalNodes }] as const, edges };
  });
}

/** A stack beside a Containerfile is part of that project. Components keep their names. */
function nameStacks(
  stacks: readonly StackReads[],
  components: readonly Named[],
  projectFiles: ProjectFiles,
): string[] {
  const own = new Map(components.map(({ root, name }) => [root, name]));
  const declared = (root: string) =>
    own.get(root) ??
    projectFiles.get(posix.join(root, 'project.json'))?.name ??
    projectFiles.get(posix.join(root, 'package.json'))?.name;
  const others = components
    .filter(({ root }) => !stacks.some((stack) => stack.root === root))
    .map(({ root, label, name }) => ({ root, label, declared: name }));
  const all = stacks.map(({ root }) => ({ root, label: undefined, declared: declared(root) }));
  return nameProjects([...all, ...others]).slice(0, stacks.length);
}

/** The image of a registry that a digest pins. `up` refuses others. */
function readPinned(image: string): RegistryImage[] {
  const parsed = parseReference(image);
  const digest = /@(sha256:[0-9a-f]{64})$/.exec(image)?.[1];
  return parsed.ok && digest !== undefined ? [toRegistryImage(formatReference(parsed.value), digest)] : [];
}
