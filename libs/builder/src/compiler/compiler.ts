import type { Result } from '@prism-build/errors';
import type { CompilerCall, Language, Pin, Toolchain } from '@prism-build/languages';
import type { CompilePlan } from '@prism-build/plan';
import { type Finished, run } from '@prism-build/shell';
import type { StepInput } from '../step';

/** Runs a toolchain on this machine or in a container of the builder base. Calls are the same for both. */
export interface Compiler {
  readonly toolchain: Toolchain;
  /** Runs without network and inherits no environment variables. */
  readonly compile: (call: CompilerCall) => Promise<Result<Finished>>;
  /** May use the network. `settings` are the user's variables for package sources, proxies and certificates. */
  readonly fetch: (
    call: CompilerCall,
    settings: Readonly<Record<string, string>>,
  ) => Promise<Result<Finished>>;
}

export interface CompilerRequest extends StepInput {
  readonly plan: CompilePlan;
  readonly language: Language;
  readonly pin: Pin;
}

export function hostCompiler(toolchain: Toolchain): Compiler {
  return {
    toolchain,
    compile: run,
    fetch: (call, settings) => run({ ...call, env: { ...call.env, ...settings } }),
  };
}
