import { type Checked, checked, containerfileFailure, hint } from '@prism-build/errors';
import type { Containerfile, Instruction } from '../instruction';
import type { Origin } from './resolved';

/** The stage and the line that name another stage. */
interface Asker {
  readonly stage: number;
  readonly line: number;
}

/** Resolves `--from=`: to a named context, else to a stage by index or name, else to the name itself. */
export function findOrigin(
  name: string,
  asker: Asker,
  containerfile: Containerfile,
  contexts: readonly string[],
): Checked<Origin> {
  const named: Origin = { kind: 'name', name };
  const at = { file: containerfile.file, line: asker.line };
  const fail = (code: Parameters<typeof containerfileFailure>[0], what: string) =>
    checked(named, containerfileFailure(code, { what, at }));
  const { stages } = containerfile;
  if (name === '') return fail('CONTAINERFILE_BAD_FLAG', 'The value of from is empty.');
  if (contexts.includes(name)) return checked(named);
  const index = findStage(name, containerfile);
  if (index === undefined && !/^\d+$/.test(name)) return checked(named);
  if (index === undefined)
    return fail('CONTAINERFILE_STAGE_UNKNOWN', `There is no stage ${name}; the file has ${stages.length}.`);
  if (index < asker.stage) return checked({ kind: 'stage', index });
  if (index === asker.stage) return fail('CONTAINERFILE_STAGE_CIRCULAR', `The stage ${name} uses itself.`);
  if (reaches(index, asker.stage, containerfile))
    return fail(
      'CONTAINERFILE_STAGE_CIRCULAR',
      `The stages ${label(asker.stage, containerfile)} and ${name} need each other.`,
    );
  const line = stages[index]!.from.line;
  return fail('CONTAINERFILE_STAGE_LATER', `The stage ${name} is used before it is defined in line ${line}.`);
}

/** The index of a stage by its name, without distinction of case, or by its number. */
export function findStage(name: string, { stages }: Containerfile): number | undefined {
  if (/^\d+$/.test(name)) return Number(name) < stages.length ? Number(name) : undefined;
  const found = stages.findIndex(({ from }) => from.name === name.toLowerCase());
  return found < 0 ? undefined : found;
}

export function suggestStage(name: string, { stages }: Containerfile): string {
  return hint(
    name,
    stages.flatMap(({ from }) => from.name ?? []),
  );
}

const label = (index: number, { stages }: Containerfile): string => stages[index]?.from.name ?? String(index);

/** Whether stage `from` names stage `to`, directly or not; names with variables in them are not followed. */
function reaches(from: number, to: number, containerfile: Containerfile): boolean {
  const seen = new Set<number>();
  const visit = (index: number): boolean => {
    if (index === to) return true;
    if (seen.has(index)) return false;
    seen.add(index);
    const stage = containerfile.stages[index]!;
    return [stage.from.image, ...stage.instructions.flatMap(listOrigins)].some((name) => {
      const next = findStage(name, containerfile);
      return next !== undefined && visit(next);
    });
  };
  return visit(from);
}

function listOrigins(instruction: Instruction): string[] {
  if (instruction.keyword === 'COPY') return instruction.from === undefined ? [] : [instruction.from];
  if (instruction.keyword !== 'RUN') return [];
  return instruction.mounts.flatMap((mount) => /(?:^|,)from=([^,]*)/.exec(mount)?.[1] ?? []);
}
