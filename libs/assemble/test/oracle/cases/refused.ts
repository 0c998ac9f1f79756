import type { OracleCase } from '../case';

const scratch = (...lines: string[]) => ['FROM scratch', ...lines, ''].join('\n');
const context = { 'd/f': '1', g: '2', h: '3' };

/** What must not become an image. */
export const refusedCases: readonly OracleCase[] = [
  {
    name: 'a missing source',
    containerfile: scratch('COPY nothing /x'),
    context,
    refused: { by: 'both', code: 'COPY_SOURCE_MISSING' },
  },
  {
    name: 'a link to an ignored directory',
    containerfile: scratch('COPY link /x/'),
    context: { ...context, link: { link: 'd' }, '.containerignore': 'd\n' },
    refused: {
      by: 'native',
      code: 'COPY_SOURCE_MISSING',
      reason: 'Podman silently makes an empty directory of it; BuildKit refuses it too',
    },
  },
  {
    name: 'a missing source among others',
    containerfile: scratch('COPY g nothing /x/'),
    context,
    refused: { by: 'both', code: 'COPY_SOURCE_MISSING' },
  },
  {
    name: 'a source below a file',
    containerfile: scratch('COPY g/x /x'),
    context,
    refused: { by: 'both', code: 'COPY_SOURCE_MISSING' },
  },
  {
    name: 'a glob that matches nothing',
    containerfile: scratch('COPY *.none /x/'),
    context,
    refused: { by: 'both', code: 'COPY_SOURCE_MISSING' },
  },
  {
    name: 'several sources to a file',
    containerfile: scratch('COPY g /x', 'COPY g h /x'),
    context,
    refused: { by: 'both', code: 'COPY_DESTINATION_INVALID' },
  },
  { name: 'several sources to a name', containerfile: scratch('COPY g h /x'), context },
  {
    name: 'a directory to a file',
    containerfile: scratch('COPY g /x', 'COPY d /x'),
    context,
    refused: { by: 'both', code: 'COPY_DESTINATION_INVALID' },
  },
  {
    name: 'a file into file/',
    containerfile: scratch('COPY g /x', 'COPY h /x/'),
    context,
    refused: { by: 'both', code: 'COPY_DESTINATION_INVALID' },
  },
  {
    name: 'a destination below a file',
    containerfile: scratch('COPY g /x', 'COPY h /x/y/z'),
    context,
    refused: { by: 'both', code: 'COPY_DESTINATION_INVALID' },
  },
  {
    name: 'WORKDIR on a file',
    containerfile: scratch('COPY g /x', 'WORKDIR /x'),
    context,
  },
  {
    name: 'WORKDIR below a file',
    containerfile: scratch('COPY g /x', 'WORKDIR /x/y'),
    context,
    refused: { by: 'both', code: 'WORKDIR_INVALID' },
  },
  {
    name: 'a source missing in a stage',
    containerfile: `${scratch('COPY d /x')}${scratch('COPY --from=0 /y /z')}`,
    context,
    refused: { by: 'both', code: 'COPY_SOURCE_MISSING' },
  },
  {
    name: 'an unknown stage',
    containerfile: scratch('COPY --from=7 /y /z'),
    context,
    refused: { by: 'both', code: 'CONTAINERFILE_STAGE_UNKNOWN' },
  },
  {
    name: 'an unknown target',
    containerfile: scratch('COPY d /z'),
    context,
    target: 'none',
    refused: { by: 'both', code: 'CONTAINERFILE_TARGET_UNKNOWN' },
  },
  {
    name: 'an unknown instruction',
    containerfile: scratch('COPYX d /z'),
    context,
    refused: { by: 'both', code: 'CONTAINERFILE_UNKNOWN_INSTRUCTION' },
  },
  {
    name: 'a mode that is none',
    containerfile: scratch('COPY --chmod=9 d /z'),
    context,
    refused: { by: 'both', code: 'COPY_MODE_INVALID' },
  },
  ...['type=cache,target=/c,sharing=x', 'type=tmpfs,target=/t,sise=1m', 'type=bnid,target=/b'].map(
    (mount): OracleCase => ({
      name: `RUN --mount=${mount}`,
      containerfile: scratch(`RUN --mount=${mount} ["/x"]`),
      refused: { by: 'both', code: 'CONTAINERFILE_BAD_FLAG' },
    }),
  ),
  ...['EXPOSE $A', 'VOLUME $A', 'STOPSIGNAL $A', 'STOPSIGNAL NONE'].map(
    (line): OracleCase => ({
      name: line,
      containerfile: scratch(line),
      refused: { by: 'both', code: 'ARGUMENT_INVALID' },
    }),
  ),
  ...['EXPOSE http', 'EXPOSE 80/ip', 'EXPOSE 70000', 'EXPOSE 9-8'].map(
    (line): OracleCase => ({
      name: line,
      containerfile: scratch(line),
      refused: {
        by: 'native',
        code: 'ARGUMENT_INVALID',
        reason: 'Podman keeps it, and no engine can open it',
      },
    }),
  ),
];
