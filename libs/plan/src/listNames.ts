import type { Origin, ResolvedInstruction } from '@prism-build/containerfile';

/** Images and named contexts that an instruction copies from or mounts. */
export function listNames(instruction: ResolvedInstruction): string[] {
  const name = (origin: Origin) => (origin.kind === 'name' ? [origin.name] : []);
  if (instruction.keyword === 'COPY') return name(instruction.from);
  return instruction.keyword === 'RUN' ? instruction.mounts.flatMap(({ origin }) => name(origin)) : [];
}
