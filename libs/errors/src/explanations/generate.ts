import type { generateFailure } from '../catalogue/generate';
import type { Explanations } from './explanation';

export const generateExplanations: Explanations<typeof generateFailure> = {
  NAME_INVALID: {
    means:
      'The name of a component becomes a directory, a project, an image and a package; one of these does not accept it.',
    causes: ['Capital letters, underscores or a leading digit.', 'A word that the language reserves.'],
    example: {
      what: '"Redis_Cache" is not a valid name for a component',
      why: 'it does not begin with a small letter',
    },
  },
  NAME_TAKEN: {
    means: 'A project or a directory already has the name.',
    causes: ['The generator ran before with other options.', 'Another project has this name.'],
    example: { what: 'there is a project redis already, in plugins/redis' },
  },
  FILE_DIFFERS: {
    means:
      'A file that the generator would write exists with other contents. No file is overwritten, and none was written.',
    causes: ['The file was edited after an earlier run.', 'Another version of the generator wrote it.'],
    example: {
      what: 'this file is there already, and is not what the generator writes',
      at: { file: 'apps/api/Containerfile' },
    },
  },
  PLUGIN_SDK_MISSING: {
    means:
      '`prism:plugin` writes plugins of the Prism data plane. Their SDK is a part of the Prism workspace, and this workspace does not have it.',
    causes: ['The workspace is not a clone of Prism.'],
    example: { what: 'there is no SDK for plugins in this workspace', why: 'not here: libs/plugin-sdk' },
  },
  LOCK_DIRTY: {
    means: 'A lockfile that the generator needs is missing or unfinished.',
    causes: ['A dependency was added and not locked.', 'The file has the conflict markers of a merge.'],
    example: {
      what: 'go.mod names other modules, and there is no go.sum',
      remedy: 'Run `go mod tidy`, and commit go.sum.',
      at: { file: 'apps/api/go.mod' },
    },
  },
  PROGRAM_NOT_FOUND: {
    means: 'The directory has no program that can become an image, or none of the name that `--main` gives.',
    causes: [
      'The path has a typing error.',
      'The program is in a subdirectory.',
      '`--main` names something else.',
    ],
    example: { what: 'apps/api has no program serve', why: 'it has server, migrate' },
  },
  PROGRAM_AMBIGUOUS: {
    means: 'The directory holds several programs, and an image holds one.',
    causes: ['Several `main` packages, binaries or scripts.'],
    example: { what: 'apps/api has several programs', why: 'they are server, migrate' },
  },
  PROGRAM_NOT_SUPPORTED: {
    means: 'The generator found the program, and cannot write a Containerfile for what the program needs.',
    causes: [
      'It needs cgo.',
      'It needs a newer version of the language than the pinned one.',
      'It needs packages, and has no lock.',
    ],
    example: {
      what: 'this program needs cgo, which the generated Containerfile leaves off',
      remedy:
        'Write the Containerfile by hand, with `ENV CGO_ENABLED=1` in the compile stage: a pinned C compiler then compiles it.',
      at: { file: 'apps/api/native.go' },
    },
  },
  SETTINGS_UNREADABLE: {
    means: 'A file that the generator has to edit or read is not valid JSON, TOML or the like.',
    causes: ['A missing comma or quote.', 'Conflict markers of a merge.'],
    example: { what: 'this file is not JSON: CommaExpected', at: { file: 'nx.json', line: 4 } },
  },
};
