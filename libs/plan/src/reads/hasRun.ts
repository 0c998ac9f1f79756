import type { ImageReads } from './reads';

/** Whether an engine executes a RUN for an image on one of its platforms. */
export function hasRun({ platforms }: ImageReads): boolean {
  return platforms.some(({ stages }) =>
    stages.some(({ instructions }) => instructions.some(({ keyword }) => keyword === 'RUN')),
  );
}
