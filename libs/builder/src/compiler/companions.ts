import { all, failed, ok, type Result } from '@prism-build/errors';
import { type Language, listCompanions, type Pin, type Toolchain } from '@prism-build/languages';
import type { CompilePlan } from '@prism-build/plan';
import type { StepInput } from '../step';
import { readCompanionPin, thisMachine } from '../toolchain';
import { obtainToolchain } from './obtainToolchain';

/** A compiler that the language of a stage calls besides its own. */
export interface Companion {
  readonly language: Language;
  readonly pin: Pin;
}

/** The compilers that a stage calls besides its own, with their pins. */
export function readCompanions(root: string, language: Language, plan: CompilePlan): Result<Companion[]> {
  const environments = plan.platforms.map(({ environment }) => environment);
  return all(
    listCompanions(language, environments).map((one) => {
      const pin = readCompanionPin(root, one);
      return pin.ok ? ok({ language: one, pin: pin.value }) : pin;
    }),
  );
}

/** Their toolchains by language, fetched where the cache has none: containers see the cache at its own path. */
export async function obtainCompanions(
  input: StepInput & { readonly plan: CompilePlan },
  companions: readonly Companion[],
): Promise<Result<Readonly<Record<string, Toolchain>>>> {
  const { cache } = input.directories;
  const at = { file: input.plan.containerfile, line: input.plan.line };
  const found: Record<string, Toolchain> = {};
  for (const { language, pin } of companions) {
    const there = language.toolchain.find(pin, thisMachine(), cache);
    const one = there.ok ? there : await obtainToolchain({ ...input, language, pin }, there.failures);
    if (!one.ok) return failed(...one.failures.map((failure) => ({ ...failure, at })));
    found[language.name] = one.value;
  }
  return ok(found);
}
