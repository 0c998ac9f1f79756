import { defineCatalogue } from '../define';

/** Failures of reading a Containerfile and its ignore file. */
export const containerfileFailure = defineCatalogue({
  CONTAINERFILE_NOT_TEXT: { remedy: 'Save the file as UTF-8 text.' },
  CONTAINERFILE_TOO_LONG: {
    remedy: 'Copy directories instead of single files, or split the image into a base and the rest.',
  },
  CONTAINERFILE_BAD_DIRECTIVE: { remedy: 'Give each parser directive once; escape is either \\ or `.' },
  CONTAINERFILE_UNKNOWN_INSTRUCTION: {
    remedy: 'Correct the instruction; the Containerfile reference lists them all.',
  },
  CONTAINERFILE_NO_FROM: { remedy: 'Start a stage with FROM, for example FROM scratch.' },
  CONTAINERFILE_BEFORE_FROM: {
    remedy: 'Move the instruction below a FROM; only ARG may stand before the first one.',
  },
  CONTAINERFILE_BAD_FLAG: { remedy: 'Correct or remove the flag.' },
  CONTAINERFILE_MISSING_ARGUMENT: { remedy: 'Add the argument that the message names.' },
  CONTAINERFILE_BAD_ARGUMENT: { remedy: 'Correct the argument.' },
  CONTAINERFILE_HEREDOC_OPEN: { remedy: 'End the heredoc with its name alone on a line.' },
  CONTAINERFILE_STAGE_NAME: { remedy: 'Begin the name with a letter and use only a-z, 0-9, ., _ and -.' },
  CONTAINERFILE_STAGE_DUPLICATE: { remedy: 'Give every stage a name of its own.' },
  CONTAINERFILE_STAGE_UNKNOWN: { remedy: 'Name a stage of this file; the first one has the index 0.' },
  CONTAINERFILE_STAGE_CIRCULAR: { remedy: 'Break the cycle: a stage can use only stages above it.' },
  CONTAINERFILE_STAGE_LATER: { remedy: 'Move the stage that is used above the stage that uses it.' },
  CONTAINERFILE_TARGET_UNKNOWN: { remedy: 'Name a stage of this file as the target.' },
  CONTAINERFILE_BAD_PLATFORM: {
    remedy: 'Write os/architecture or os/architecture/variant, for example linux/arm64.',
  },
  CONTAINERFILE_BASE_EMPTY: {
    remedy: 'Give the argument a default in an ARG above the first FROM, or pass it as a build argument.',
  },
  CONTAINERFILE_SUBSTITUTION: { remedy: 'Correct the substitution; a literal $ is written \\$.' },
  IGNORE_FILE_BAD_PATTERN: { remedy: 'Correct the pattern; a literal special character is escaped with \\.' },
  CONTEXT_NOT_NARROWED: {
    remedy:
      'Copy what the stage needs, or name what it does not need in an ignore file: .git, dist, node_modules and the like.',
  },
  GLOB_BAD_PATTERN: { remedy: 'Correct the pattern; a literal special character is escaped with \\.' },
});
