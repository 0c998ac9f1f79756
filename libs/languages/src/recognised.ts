/** An OCI platform, as far as compilers care. */
export interface Target {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string | undefined;
}

/** The compile command of a recognised stage, with what its language read out of the argument vector. */
export interface Recognised {
  readonly language: string;
  /** What the command builds, in the language's own words: Go package patterns, a Cargo package. */
  readonly units: readonly string[];
  readonly flags: Readonly<Record<string, string>>;
}
