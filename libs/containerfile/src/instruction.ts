/** A heredoc (`<<EOF`). With `<<-`, leading tabs are already removed. */
export interface Heredoc {
  readonly name: string;
  readonly content: string;
  /** Whether variables expand in the content: the name was not quoted. */
  readonly expand: boolean;
  readonly stripTabs: boolean;
  readonly descriptor: number;
}

/** Exec form (a JSON array of words) or shell form (text for the stage's SHELL). */
export type Command =
  | { readonly form: 'exec'; readonly argv: readonly string[] }
  | { readonly form: 'shell'; readonly script: string };

export interface Pair {
  readonly name: string;
  readonly value: string;
}

/** ARG without `=` has no default: `value` is undefined, not empty. */
export interface Argument {
  readonly name: string;
  readonly value: string | undefined;
}

/** Durations in nanoseconds, as image configurations hold them; 0 means: inherit. */
export type Healthcheck =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'command';
      readonly command: Command;
      readonly interval: number;
      readonly timeout: number;
      readonly startPeriod: number;
      readonly startInterval: number;
      readonly retries: number;
    };

interface Base<Keyword extends string> {
  readonly keyword: Keyword;
  /** Physical line on which the instruction starts, from 1. */
  readonly line: number;
  /** Last physical line, heredocs included. */
  readonly endLine: number;
  /** The instruction on one line, continuations joined and comments gone, as history shows it. */
  readonly text: string;
}

/** What COPY and ADD have in common. */
export interface Transfer {
  readonly sources: readonly string[];
  readonly heredocs: readonly Heredoc[];
  readonly destination: string;
  readonly chown: string | undefined;
  readonly chmod: string | undefined;
  readonly link: boolean;
  readonly exclude: readonly string[];
}

export interface FromInstruction extends Base<'FROM'> {
  readonly image: string;
  readonly platform: string | undefined;
  /** In lower case: names of stages do not distinguish case. */
  readonly name: string | undefined;
}
export interface ArgInstruction extends Base<'ARG'> {
  readonly args: readonly Argument[];
}
interface EnvInstruction extends Base<'ENV'> {
  readonly pairs: readonly Pair[];
}
interface LabelInstruction extends Base<'LABEL'> {
  readonly pairs: readonly Pair[];
}
export interface CopyInstruction extends Base<'COPY'>, Transfer {
  readonly from: string | undefined;
  readonly parents: boolean;
}
export interface AddInstruction extends Base<'ADD'>, Transfer {
  readonly checksum: string | undefined;
  readonly keepGitDir: boolean;
  /** Whether archives are unpacked; undefined: local ones are. */
  readonly unpack: boolean | undefined;
}
export interface RunInstruction extends Base<'RUN'> {
  readonly command: Command;
  readonly heredocs: readonly Heredoc[];
  readonly mounts: readonly string[];
  readonly network: string | undefined;
  readonly security: string | undefined;
  readonly devices: readonly string[];
}
interface WorkdirInstruction extends Base<'WORKDIR'> {
  readonly path: string;
}
interface UserInstruction extends Base<'USER'> {
  readonly user: string;
}
interface ExposeInstruction extends Base<'EXPOSE'> {
  readonly ports: readonly string[];
}
interface VolumeInstruction extends Base<'VOLUME'> {
  readonly paths: readonly string[];
}
interface EntrypointInstruction extends Base<'ENTRYPOINT'> {
  readonly command: Command;
}
interface CmdInstruction extends Base<'CMD'> {
  readonly command: Command;
}
interface StopSignalInstruction extends Base<'STOPSIGNAL'> {
  readonly signal: string;
}
interface ShellInstruction extends Base<'SHELL'> {
  readonly argv: readonly string[];
}
interface HealthcheckInstruction extends Base<'HEALTHCHECK'> {
  readonly check: Healthcheck;
}
export interface OnbuildInstruction extends Base<'ONBUILD'> {
  /** What an image configuration records, e.g. `RUN make`. */
  readonly expression: string;
  readonly trigger: Instruction;
}
interface MaintainerInstruction extends Base<'MAINTAINER'> {
  readonly author: string;
}

/** Arguments are as written: nothing is expanded before a stage is resolved. */
export type Instruction =
  | FromInstruction
  | ArgInstruction
  | EnvInstruction
  | LabelInstruction
  | CopyInstruction
  | AddInstruction
  | RunInstruction
  | WorkdirInstruction
  | UserInstruction
  | ExposeInstruction
  | VolumeInstruction
  | EntrypointInstruction
  | CmdInstruction
  | StopSignalInstruction
  | ShellInstruction
  | HealthcheckInstruction
  | OnbuildInstruction
  | MaintainerInstruction;

export type Keyword = Instruction['keyword'];

export interface Warning {
  readonly what: string;
  readonly line: number | undefined;
}

export interface Stage {
  readonly index: number;
  readonly from: FromInstruction;
  readonly instructions: readonly Instruction[];
}

export interface Containerfile {
  readonly file: string;
  readonly escape: '\\' | '`';
  /** The value of `# syntax=`, which only BuildKit obeys. */
  readonly syntax: string | undefined;
  /** ARG instructions above the first FROM. */
  readonly globals: readonly ArgInstruction[];
  readonly stages: readonly Stage[];
  /** Whether the text names a platform argument (TARGETARCH …). If not, all platforms resolve to the same result. */
  readonly namesPlatform: boolean;
  readonly warnings: readonly Warning[];
}
