import type { ProjectGraphProjectNode } from '@nx/devkit';
import { imagesLockPath } from '@prism-build/registry';
import { targetName } from '@prism-build/workspace';
import type { Outputs } from './planDisk';

/** The images of the workspace, from its targets. */
export type Images = readonly {
  readonly project: string;
  readonly variant: string | undefined;
  readonly prefix: string;
}[];

type Nodes = Readonly<Record<string, Pick<ProjectGraphProjectNode, 'data'>>>;

export function listImageTargets(nodes: Nodes): Images {
  return Object.entries(nodes).flatMap(([project, { data }]) =>
    Object.values(data.targets ?? {}).flatMap(({ options }) => {
      if (options?.step !== 'image') return [];
      const variant = typeof options.variant === 'string' ? options.variant : undefined;
      const prefix = data.targets?.[targetName('load-image', variant)]?.options?.prefix;
      return [{ project, variant, prefix: typeof prefix === 'string' ? prefix : '' }];
    }),
  );
}

export function outputsOf(images: Images, nodes: Nodes): Outputs {
  return {
    images: new Set(
      images.map(({ project, variant }) => (variant === undefined ? project : `${project}/${variant}`)),
    ),
    projects: new Set(Object.keys(nodes)),
    locks: Object.values(nodes).flatMap(({ data }) => {
      const containerfile = data.targets?.['build-image']?.options?.containerfile;
      return typeof containerfile === 'string' ? [imagesLockPath(containerfile)] : [];
    }),
    compiled: new Set(Object.keys(nodes).filter((project) => nodes[project]!.data.targets?.compile)),
  };
}
