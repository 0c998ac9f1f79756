import type { Result } from '@prism-build/errors';
import type { Baseline, Contents } from '@prism-build/measure';

/** An image to compare with. */
export interface ComparedImage extends Baseline {
  /** What fills a platform; files are unknown if only a report is there. */
  readonly contentsOf: (platform: string) => Promise<Result<Partial<Contents>>>;
}
