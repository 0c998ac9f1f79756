import type { NxJsonConfiguration } from '@nx/devkit';
import { distinctFailures, type Failure } from '@prism-build/errors';
import { targetName } from '@prism-build/workspace';
import type { KnownProject } from '../declared/listOutputs';
import type { OutputIndex } from '../declared/outputIndex';
import type { ProjectReads } from '../read/reads';
import type { Takes } from '../read/takes';
import { linkOutputs, noLinks, type OutputLinks } from './linkOutputs';
import { listLikely } from './listLikely';
import { openOrder, type Task } from './taskOrder';

/** A component whose sources other targets may make. */
export interface Consumer {
  readonly name: string;
  readonly file: string;
  readonly reads: Pick<ProjectReads, 'context' | 'ignored' | 'from' | 'compile' | 'images'>;
  /** The components that its images are made of. */
  readonly siblings: readonly string[];
}

/** What other targets make for the steps of a component. */
export interface ComponentLinks {
  readonly compile: OutputLinks;
  /** In the order of its images. */
  readonly images: readonly OutputLinks[];
}

/** Links one component after another, so no two of them wait for each other. */
export function linkComponents(
  components: readonly Consumer[],
  known: readonly KnownProject[],
  outputs: OutputIndex,
  nxJson: NxJsonConfiguration,
): readonly ComponentLinks[] {
  const likely = listLikely(nxJson);
  const order = openOrder(() => [...known, ...components.map(inferredTargets)]);
  const link = ({ name, file, reads }: Consumer, target: string, takes: Takes): OutputLinks => {
    if (takes.taken.length === 0) return noLinks;
    const { context, ignored, from } = reads;
    const own: Task = { project: name, target };
    const found = linkOutputs(
      takes,
      { project: name, file, context, ignored, from },
      {
        outputs,
        likely,
        isProject: order.isProject,
        runsBefore: (one, other) => order.leads(other, one),
        leadsBack: (maker) => isSame(maker, own) || order.leads(maker, own),
      },
    );
    if (found.makers.length > 0) order.add(own, found.makers);
    return found;
  };
  return components.map((component) => ({
    compile: component.reads.compile ? link(component, 'compile', component.reads.compile.takes) : noLinks,
    images: component.reads.images.map(({ variant, takes }) =>
      link(component, targetName('build-image', variant), takes),
    ),
  }));
}

/** Failures of the links of a workspace, each once. */
export function listLinkFailures(links: readonly ComponentLinks[]): Failure[] {
  const all = links.flatMap(({ compile, images }) => [compile, ...images].flatMap((one) => one.failures));
  return distinctFailures(all);
}

const isSame = (one: Task, other: Task) => one.project === other.project && one.target === other.target;

/** The targets of a component that others may name in `dependsOn`. */
function inferredTargets({ name, reads, siblings }: Consumer): KnownProject {
  const images = reads.images.flatMap(({ variant }) => {
    const build = targetName('build-image', variant);
    const bases = siblings.length > 0 ? [{ target: 'build-image', projects: siblings }] : [];
    const users = ['load-image', 'run-image', 'materialize'].map(
      (user) => [targetName(user, variant), { dependsOn: [build] }] as const,
    );
    return [[build, { dependsOn: ['compile', ...bases] }] as const, ...users];
  });
  return { name, root: '', targets: Object.fromEntries(images) };
}
