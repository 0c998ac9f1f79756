import { defineCatalogue } from '../define';

/** Failures of the generators: what they refuse to write, and why. */
export const generateFailure = defineCatalogue({
  NAME_INVALID: {
    remedy:
      'Choose a name of small letters and digits, in words joined by single hyphens, such as redis-cache.',
  },
  NAME_TAKEN: { remedy: 'Choose another name, or remove the project or directory that has it.' },
  FILE_DIFFERS: {
    remedy: 'Nothing was written. Keep the file, or move it away and start the generator again.',
  },
  PLUGIN_SDK_MISSING: {
    remedy:
      'Start the generator in a clone of the Prism workspace. Elsewhere, `npx nx g prism:component <directory>` writes the Containerfile of a program.',
  },
  LOCK_DIRTY: { remedy: 'Repair and commit the lock first, then start the generator again.' },
  PROGRAM_NOT_FOUND: { remedy: 'Name the directory of a Go, Rust, Python or Node program.' },
  PROGRAM_AMBIGUOUS: { remedy: 'Choose one with --main; each image holds one program.' },
  PROGRAM_NOT_SUPPORTED: {
    remedy:
      'Write the Containerfile by hand; node_modules/prism/docs/containerfiles.md describes what Prism can build.',
  },
  SETTINGS_UNREADABLE: { remedy: 'Correct the file, then start the generator again; nothing was written.' },
});
