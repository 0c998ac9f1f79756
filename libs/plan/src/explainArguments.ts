import type { Containerfile, ResolvedInstruction, ResolvedStage } from '@prism-build/containerfile';
import type { Place } from '@prism-build/errors';
import type { ImageReads } from './reads/reads';

interface Hint {
  readonly what: string;
  readonly at: Place;
}

/**
 * Variables to which engines give different values. ENV beats ARG in Podman and here, whichever comes first; in BuildKit
 * the later one counts, also where ENV is that of the base. Several names in one ARG see each other in BuildKit only.
 */
export function explainArguments(
  { file, globals, stages }: Containerfile,
  { platforms }: Pick<ImageReads, 'platforms'>,
): Hint[] {
  const needed = platforms.flatMap((platform) => platform.stages);
  const indexes = new Set(needed.map(({ index }) => index));
  const args = [
    ...globals,
    ...stages.flatMap(({ index, instructions }) => (indexes.has(index) ? instructions : [])),
  ];
  const hints = [
    ...args.flatMap((one) => (one.keyword === 'ARG' ? explainLine(one, file) : [])),
    ...needed.flatMap((stage) => explainStage(stage, file)),
  ];
  return [...new Map(hints.map((hint) => [JSON.stringify(hint), hint])).values()];
}

type Arg = Containerfile['globals'][number];

function explainLine({ args, line }: Arg, file: string): Hint[] {
  return args.flatMap(({ name, value }, index) => {
    const used = args.slice(0, index).find((one) => value !== undefined && names(value, one.name));
    if (!used) return [];
    const what = `the value of ${name} names ${used.name} of the same ARG: here, as in Podman, it is the one from before; BuildKit takes the new one. Write an ARG line for each.`;
    return [{ what, at: { file, line } }];
  });
}

function explainStage({ baseEnv, instructions }: ResolvedStage, file: string): Hint[] {
  const hints: Hint[] = [];
  const env = new Map<string, { readonly value: string; readonly where: string }>(
    Object.entries(baseEnv).map(([name, value]) => [name, { value, where: 'of the base' }]),
  );
  for (const [index, instruction] of instructions.entries()) {
    if (instruction.keyword === 'ENV')
      for (const { name, value } of instruction.pairs)
        env.set(name, { value, where: `of line ${instruction.line}` });
    if (instruction.keyword !== 'ARG') continue;
    for (const { name, value } of instruction.args) {
      const other = env.get(name);
      if (!other || value === undefined || value === other.value) continue;
      if (!instructions.slice(index + 1).some((one) => uses(one, name))) continue;
      const what = `ARG ${name} is ${JSON.stringify(value)}, and ENV ${other.where} is ${JSON.stringify(other.value)}: ENV counts, as in Podman; BuildKit takes the ARG. Give the ARG another name.`;
      hints.push({ what, at: { file, line: instruction.line } });
    }
  }
  return hints;
}

/** A command gets every variable; other instructions name what they use. */
function uses(instruction: ResolvedInstruction, name: string): boolean {
  return instruction.keyword === 'RUN' || names(instruction.text, name);
}

function names(text: string, variable: string): boolean {
  return new RegExp(`\\$\\{?${variable.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?!\\w)`).test(text);
}
