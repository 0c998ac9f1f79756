import type { Pin } from '@prism-build/languages';
import go from '../../../containerfiles/go-builder/pin.json';
import python from '../../../containerfiles/python-builder/pin.json';
import rust from '../../../containerfiles/rust-builder/pin.json';

/**
 * The pins of this repository, by the directory of their builder. They apply if a workspace has no builder base of that
 * name. They are compiled in, so they are part of the executors' identity.
 */
export const shippedPins: Readonly<Record<string, Pin>> = {
  'go-builder': { packages: {}, ...go },
  'python-builder': python,
  'rust-builder': rust,
};
