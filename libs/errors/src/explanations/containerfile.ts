import type { containerfileFailure } from '../catalogue/containerfile';
import type { Explanations } from './explanation';

const at = { file: 'apps/api/Containerfile', line: 3 };

export const containerfileExplanations: Explanations<typeof containerfileFailure> = {
  CONTAINERFILE_NOT_TEXT: {
    means: 'The file has bytes that are not UTF-8, or a NUL.',
    causes: ['It was saved in another encoding, such as UTF-16.', 'It is a binary file.'],
    example: { what: 'The line has bytes that are not UTF-8.', at },
  },
  CONTAINERFILE_TOO_LONG: {
    means:
      'The file has more than 2000 instructions, many more than an image can have layers. Every command of nx reads the file, so its length is limited.',
    causes: ['A program generates the file, with a COPY for each source file.'],
    example: { what: 'The file has 3000 instructions; the most are 2000.', at },
  },
  CONTAINERFILE_BAD_DIRECTIVE: {
    means: 'A parser directive at the top of the file is wrong.',
    causes: [
      'It is given twice.',
      '`# escape=` is neither `\\` nor a backtick.',
      '`# syntax=` names a frontend other than docker/dockerfile.',
    ],
    example: { what: 'The parser directive escape is given twice.', at: { ...at, line: 2 } },
  },
  CONTAINERFILE_UNKNOWN_INSTRUCTION: {
    means: 'A line begins with a word that is not an instruction.',
    causes: ['A typing error.', 'The line above it should end with `\\`, and does not.'],
    example: { what: '"CPOY" is not an instruction. Did you mean COPY?', at },
  },
  CONTAINERFILE_NO_FROM: {
    means: 'The file has no stage.',
    causes: ['The file is empty or all comments.'],
    example: { what: 'The file has no FROM.', at: { file: at.file } },
  },
  CONTAINERFILE_BEFORE_FROM: {
    means: 'An instruction other than ARG stands above the first FROM.',
    causes: ['The FROM was removed or moved.'],
    example: { what: 'COPY stands before the first FROM.', at: { ...at, line: 1 } },
  },
  CONTAINERFILE_BAD_FLAG: {
    means: 'A flag does not exist for its instruction, is given twice, or has a value that it cannot have.',
    causes: ['A typing error.', 'A flag of another instruction.'],
    example: { what: 'COPY has no flag --chwon. Did you mean --chown?', at },
  },
  CONTAINERFILE_MISSING_ARGUMENT: {
    means: 'An instruction lacks something that it must have.',
    causes: ['A destination was forgotten.'],
    example: { what: 'COPY needs at least one source and a destination.', at },
  },
  CONTAINERFILE_BAD_ARGUMENT: {
    means: 'An argument does not have the form that its instruction needs.',
    causes: ['Single quotes in a JSON array; JSON has double quotes only.', 'A `=` is missing.'],
    example: { what: 'VERSION has no =; it has to be name=value.', at },
  },
  CONTAINERFILE_HEREDOC_OPEN: {
    means: 'A heredoc is never closed.',
    causes: [
      'The closing word is indented, or spaces follow it.',
      '`<<` was meant as a shift in shell arithmetic.',
    ],
    example: { what: 'The heredoc EOF does not end.', at },
  },
  CONTAINERFILE_STAGE_NAME: {
    means: 'The name after AS is not a valid name for a stage.',
    causes: ['It begins with a digit, or has a character other than a-z, 0-9, `.`, `_` and `-`.'],
    example: { what: '"2nd" cannot be the name of a stage.', at },
  },
  CONTAINERFILE_STAGE_DUPLICATE: {
    means: 'Two stages have the same name. Names are compared without case.',
    causes: ['A stage was copied and not renamed.'],
    example: { what: 'The stage build is already defined in line 1.', at },
  },
  CONTAINERFILE_STAGE_UNKNOWN: {
    means: '`--from` gives a stage by number, and the file has no stage of that number.',
    causes: ['A stage was removed. The first stage has the index 0.'],
    example: { what: 'There is no stage 4; the file has 2.', at },
  },
  CONTAINERFILE_STAGE_CIRCULAR: {
    means: 'A stage needs its own result, directly or through other stages.',
    causes: ['`--from` names the stage in which it stands.'],
    example: { what: 'The stage build uses itself.', at },
  },
  CONTAINERFILE_STAGE_LATER: {
    means: '`--from` names a stage that is defined further down.',
    causes: ['The stages are in the wrong order.'],
    example: { what: 'The stage build is used before it is defined in line 9.', at },
  },
  CONTAINERFILE_TARGET_UNKNOWN: {
    means: 'The stage that should become the image does not exist.',
    causes: ['The option `target` or `stage` has a typing error.', 'The stage was renamed.'],
    example: { what: 'There is no stage "relaese". Did you mean release?', at: { file: at.file } },
  },
  CONTAINERFILE_BAD_PLATFORM: {
    means: 'A platform does not have the form os/architecture[/variant].',
    causes: ['`--platform` has a variable without a value.', 'Only an architecture is given.'],
    example: { what: '"arm64" is not a platform.', at },
  },
  CONTAINERFILE_BASE_EMPTY: {
    means: 'FROM names a variable that has no value.',
    causes: ['Its ARG has no default, or stands below FROM.'],
    example: { what: 'The base $BASE is empty once it is expanded.', at },
  },
  CONTAINERFILE_SUBSTITUTION: {
    means: 'A `$…` cannot be expanded.',
    causes: ['A brace or a quote is not closed.', 'It has the form with `:?`, and the variable is not set.'],
    example: { what: '"${VERSION" cannot be expanded: the brace is not closed.', at },
  },
  IGNORE_FILE_BAD_PATTERN: {
    means: 'A pattern of an ignore file, or of `--exclude`, cannot be read.',
    causes: ['A bracket is not closed.', 'It ends with `\\`.'],
    example: { what: 'The pattern "a[" is malformed.', at: { file: 'apps/api/.containerignore', line: 2 } },
  },
  CONTEXT_NOT_NARROWED: {
    means:
      'A warning. `COPY .` of the workspace root makes every file of the workspace an input of the image.',
    causes: ['There is no ignore file, or it does not exclude what changes often.'],
    example: { what: 'this takes the whole workspace, so that any change builds it again', at },
  },
  GLOB_BAD_PATTERN: {
    means: 'A pattern in a COPY or ADD source cannot be read.',
    causes: ['A bracket is not closed.'],
    example: { what: 'The pattern "src/[a" is malformed.', at },
  },
};
