import { defineCatalogue } from '../define';

/** Failures of reading a Containerfile and its ignore file. */
export const containerfileFailure = defineCatalogue({
  CONTAINERFILE_UNKNOWN_INSTRUCTION: {
    remedy: 'Correct the instruction; the Containerfile reference lists them all.',
  },
});
