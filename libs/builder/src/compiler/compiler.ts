import type { Result } from '@prism-build/errors';
import type { CompilerCall, Language, Pin, Toolchain } from '@prism-build/languages';
import type { CompilePlan } from '@prism-build/plan';
import { type Finished, run } from '@prism-build/shell';
import type { StepInput } from '../step';

/** Who runs a toolchain: the machine itself, or a container of the builder base. Both get the same calls. */
export interface Compiler {
  readonly toolchain: Toolchain;
  /** No network, nothing inherited. */
  readonly compile: (call: CompilerCall) => Promise<Result<Finished>>;
  /** May use the network; `settings` say where packages come from. */
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
