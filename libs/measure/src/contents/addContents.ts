import type { PlatformSizes } from '../report/schema';
import type { Contents } from './readContents';

/** Sizes with what fills them, by platform. */
export function addContents(
  sizes: readonly PlatformSizes[],
  contents: ReadonlyMap<string, Contents>,
): PlatformSizes[] {
  return sizes.map((one) => {
    const found = contents.get(one.platform);
    return found ? { ...one, parts: [...found.parts], untold: [...found.untold] } : one;
  });
}
