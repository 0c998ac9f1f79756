import type { Use } from '@prism-build/languages';
import type { Unhashed } from '@prism-build/workspace';
import type { Asked } from '../contexts/presence';
import type { StatedContext } from '../contexts/stated';
import type { Input } from './keys';
import type { NamedInputs } from './namedInputs';
import type { RegistryImage } from './registryImages';
import type { Takes } from './takes';

/**
 * All that the files of a component say of it, whatever else there is in the workspace: plain data, which is kept
 * between commands.
 */
export interface ProjectReads {
  /** The name that project.json or package.json gives. */
  readonly declared?: string | undefined;
  readonly context: string;
  /** Why it is the context, where no option says it. */
  readonly contextReason?: string | undefined;
  /** What other files said when it was read: as long as they say the same, it is the context. */
  readonly contextFacts: { readonly stated: readonly StatedContext[]; readonly asked: Asked };
  /** Lines of the context's ignore file. */
  readonly ignored: readonly string[];
  /** The option `from`: paths to the targets that make them. */
  readonly from: Readonly<Record<string, string>>;
  /** What the project says of its image, and its compile stage and its variants must know too: platforms, build arguments. */
  readonly shared: Readonly<Record<string, unknown>>;
  /** What rootfs.json says of the cache; absent: the component has none. */
  readonly rootfs?: { readonly cache: boolean } | undefined;
  /** Inputs that targets name. */
  readonly named: NamedInputs;
  readonly compile?: CompileKey | undefined;
  /** The images that come out of the Containerfile, the default one first. */
  readonly images: readonly ImageReads[];
  /** From a file to a directory that its compiler reads. */
  readonly compiled: readonly Use[];
  readonly registry: readonly RegistryImage[];
}

export interface CompileKey {
  readonly language: string;
  /** The builder image, whose pin decides bytes. */
  readonly builder: string;
  /** Without the plugin's own, which all have. */
  readonly inputs: readonly Input[];
  readonly takes: Takes;
  /** Paths of the context that its option says it reads besides what its sources show. */
  readonly alsoReads: readonly string[];
  /** Why the key is all that COPY takes, where it is. */
  readonly wide?: string | undefined;
  /** What is read and Nx does not hash. */
  readonly unhashed: Unhashed;
  /** A digest of the files that define the target besides the Containerfile: ignore file, locks, pins. */
  readonly definition: string | undefined;
}

export interface ImageReads {
  readonly variant?: string;
  readonly stage?: string;
  /** The images that it names. */
  readonly references: readonly string[];
  /** Without the plugin's own, which all have, and without those of its bases. */
  readonly inputs: readonly Input[];
  readonly takes: Takes;
  /** Whether something of the compile stage is in it. */
  readonly compiled: boolean;
  /** What is read and Nx does not hash. */
  readonly unhashed: Unhashed;
  /** A digest of the files that define the target besides the Containerfile: ignore file, locks, pins. */
  readonly definition: string | undefined;
}
