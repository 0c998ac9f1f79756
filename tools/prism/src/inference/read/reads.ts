import type { Use } from '@prism-build/languages';
import type { Unhashed } from '@prism-build/workspace';
import type { Asked } from '../contexts/presence';
import type { StatedContext } from '../contexts/stated';
import type { Input } from './keys';
import type { NamedInputs } from './namedInputs';
import type { RegistryImage } from './registryImages';
import type { Takes } from './takes';

/**
 * Everything that inference reads from the files of a component, independent of the rest of the workspace. Plain data,
 * which is kept between commands.
 */
export interface ProjectReads {
  /** The name that project.json or package.json gives. */
  readonly declared?: string | undefined;
  readonly context: string;
  /** Why this is the context; absent if an option sets it. */
  readonly contextReason?: string | undefined;
  /** Facts from other files on which the context depends; it is valid while they are unchanged. */
  readonly contextFacts: { readonly stated: readonly StatedContext[]; readonly asked: Asked };
  /** Lines of the context's ignore file. */
  readonly ignored: readonly string[];
  /** The option `from`: paths to the targets that make them. */
  readonly from: Readonly<Record<string, string>>;
  /** Options of build-image that `compile` and the variants share: platforms, build arguments. */
  readonly shared: Readonly<Record<string, unknown>>;
  /** The field `cache` of rootfs.json; absent without a rootfs.json. */
  readonly rootfs?: { readonly cache: boolean } | undefined;
  /** Inputs that targets name. */
  readonly named: NamedInputs;
  readonly compile?: CompileKey | undefined;
  /** The images of the Containerfile, the default one first. */
  readonly images: readonly ImageReads[];
  /** From a file to a directory that its compiler reads. */
  readonly compiled: readonly Use[];
  readonly registry: readonly RegistryImage[];
}

export interface CompileKey {
  readonly language: string;
  /** The builder image; its pin determines the compiler. */
  readonly builder: string;
  /** Without the plugin's own, which all have. */
  readonly inputs: readonly Input[];
  readonly takes: Takes;
  /** Additional paths of the context from the option `alsoReads`. */
  readonly alsoReads: readonly string[];
  /** Why the key covers everything that COPY takes; absent if it is narrower. */
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
