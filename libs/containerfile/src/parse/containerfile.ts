import { containerfileFailure, type Failure, failed, ok, type Result } from '@prism-build/errors';
import type {
  ArgInstruction,
  Containerfile,
  FromInstruction,
  Instruction,
  Stage,
  Warning,
} from '../instruction';
import { isPlatformArgument } from '../platformArgument';
import { readDirectives } from '../read/directives';
import { joinLines } from '../read/lines';
import { checkText } from '../text';
import { parseInstruction } from './instruction';

/** Far more than an image can have layers. Limits the time of inference, which reads every Containerfile. */
const mostInstructions = 2000;

/** Searches the whole text, comments included: resolving a platform needlessly costs time, missing one is wrong. */
const namesPlatform = /TARGET|BUILD(PLATFORM|OS|ARCH|VARIANT)/;

/**
 * Parses a Containerfile: the language of BuildKit's `docker/dockerfile:1`. Where BuildKit and Podman both accept a text
 * and differ, Podman's meaning is used (README). Does not expand variables or look up names.
 *
 * @param file the name that failures show
 * @returns every violation, in the order of lines
 */
export function parseContainerfile(text: string, file: string): Result<Containerfile> {
  const physical = text.replace(/^\ufeff/, '').split('\n');
  const directives = readDirectives(physical, file);
  const joined = joinLines(physical, directives.escape, file);
  const excess = joined.lines[mostInstructions];
  if (excess) {
    const what = `The file has ${joined.lines.length} instructions; the most are ${mostInstructions}.`;
    return failed(containerfileFailure('CONTAINERFILE_TOO_LONG', { what, at: { file, line: excess.line } }));
  }
  const failures: Failure[] = [...checkText(text, file), ...directives.failures, ...joined.failures];
  const globals: ArgInstruction[] = [];
  const stages: { from: FromInstruction; instructions: Instruction[] }[] = [];
  for (const line of joined.lines) {
    const parsed = parseInstruction(line, directives.escape, file);
    const isFrom = /^from\s/i.test(line.text);
    if (!parsed.ok) failures.push(...parsed.failures);
    // A FROM with an error still starts a stage, so that the instructions below it get no wrong failures.
    if (!parsed.ok && isFrom) stages.push({ from: placeholder(line), instructions: [] });
    if (!parsed.ok) continue;
    const instruction = parsed.value;
    if (instruction.keyword === 'FROM') stages.push({ from: instruction, instructions: [] });
    else if (stages.length > 0) stages.at(-1)!.instructions.push(instruction);
    else if (instruction.keyword === 'ARG') globals.push(instruction);
    else {
      const what = `${instruction.keyword} stands before the first FROM.`;
      failures.push(
        containerfileFailure('CONTAINERFILE_BEFORE_FROM', { what, at: { file, line: line.line } }),
      );
    }
  }
  if (stages.length === 0)
    failures.push(
      containerfileFailure('CONTAINERFILE_NO_FROM', { what: 'The file has no FROM.', at: { file } }),
    );
  const numbered = stages.map((stage, index) => ({ index, ...stage }));
  failures.push(...findDuplicates(numbered, file));
  if (failures.length > 0) return failed(...failures.sort((a, b) => (a.at?.line ?? 0) - (b.at?.line ?? 0)));

  return ok({
    file,
    escape: directives.escape,
    syntax: directives.syntax,
    globals,
    stages: numbered,
    namesPlatform: namesPlatform.test(text),
    warnings: [...joined.warnings, ...warnOfDefaults(globals, numbered)],
  });
}

function placeholder(at: { line: number; endLine: number; text: string }): FromInstruction {
  const { line, endLine, text } = at;
  return { keyword: 'FROM', line, endLine, text, image: 'scratch', platform: undefined, name: undefined };
}

function findDuplicates(stages: readonly Stage[], file: string): Failure[] {
  const first = new Map<string, number>();
  return stages.flatMap(({ from: { name, line } }) => {
    if (name === undefined) return [];
    const earlier = first.get(name);
    first.set(name, earlier ?? line);
    if (earlier === undefined) return [];
    const what = `The stage ${name} is already defined in line ${earlier}.`;
    return [containerfileFailure('CONTAINERFILE_STAGE_DUPLICATE', { what, at: { file, line } })];
  });
}

/** Arguments that the engine sets, with a default: Podman and BuildKit disagree on which value wins. */
function warnOfDefaults(globals: readonly ArgInstruction[], stages: readonly Stage[]): Warning[] {
  const all = [globals, ...stages.map(({ instructions }) => instructions)].flat();
  return all
    .filter((each) => each.keyword === 'ARG')
    .flatMap(({ args, line }) =>
      args
        .filter(({ name, value }) => value !== undefined && isPlatformArgument(name))
        .map(({ name }) => ({ what: `${name} has a default, which engines treat differently.`, line })),
    );
}
