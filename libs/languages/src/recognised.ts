/** An OCI platform, as far as it matters to compilers. */
export interface Target {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string | undefined;
}

/** The compile command of a recognised stage, as its language parsed it from the argument vector. */
export interface Recognised {
  readonly language: string;
  /** What the command builds, in the language's terms: Go package patterns, a Cargo package. */
  readonly units: readonly string[];
  readonly flags: Readonly<Record<string, string>>;
  /** Flags that the command has more than once; `flags` has their last value. Absent if there are none. */
  readonly repeated?: readonly string[];
}
