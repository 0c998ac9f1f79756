// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are variables of Containerfiles.
import { everyKind, tarOf } from '../archives';
import type { OracleCase } from '../case';

const lines = (...all: string[]) => [...all, ''].join('\n');
const context = { 'd/f': '1', 'd/sub/g': '2', 'e/f': 'other', 'a.tar': { bytes: tarOf(everyKind) } };

/** Several stages, their files, their settings, their arguments. */
export const stageCases: readonly OracleCase[] = [
  {
    name: '--from=0',
    containerfile: lines('FROM scratch', 'COPY d /x', 'FROM scratch', 'COPY --from=0 /x/f /y'),
    context,
  },
  {
    name: '--from=name',
    containerfile: lines('FROM scratch AS one', 'COPY d /x', 'FROM scratch', 'COPY --from=one /x /y'),
    context,
  },
  {
    name: '--from keeps owners and modes',
    containerfile: lines(
      'FROM scratch AS one',
      'COPY --chown=7:8 --chmod=0710 d /x',
      'FROM scratch',
      'COPY --from=one /x /y',
      'COPY --from=one x/sub /z/',
    ),
    context,
  },
  {
    name: '--from with --chown and --chmod',
    containerfile: lines(
      'FROM scratch AS one',
      'COPY --chown=7:8 d /x',
      'FROM scratch',
      'COPY --from=one --chown=1:2 --chmod=0700 /x /y',
    ),
    context,
  },
  {
    name: '--from keeps special bits and hard links',
    containerfile: lines(
      'FROM scratch AS one',
      'ADD a.tar /x',
      'FROM scratch',
      'COPY --from=one /x /y',
      'COPY --from=one /x/app/run /z',
    ),
    context,
  },
  {
    name: '--from of everything',
    containerfile: lines(
      'FROM scratch AS one',
      'COPY d /x',
      'WORKDIR /w',
      'FROM scratch',
      'COPY --from=one / /',
    ),
    context,
  },
  {
    name: '--from with a glob',
    containerfile: lines(
      'FROM scratch AS one',
      'COPY d /x',
      'COPY e /xx',
      'FROM scratch',
      'COPY --from=one /x* /y/',
      'COPY --from=one /*/f /z/',
    ),
    context,
  },
  {
    name: '--from through links of the stage',
    containerfile: lines(
      'FROM scratch AS one',
      'COPY l /',
      'COPY d /real',
      'FROM scratch',
      'COPY --from=one /link/f /y',
      'COPY --from=one /link /z',
    ),
    context: { ...context, 'l/link': { link: '/real' } },
  },
  {
    name: '--from is not ignored',
    containerfile: lines('FROM scratch AS one', 'COPY d /x', 'FROM scratch', 'COPY --from=one /x /y'),
    context: { ...context, '.containerignore': 'x\ny\n**/none\n' },
  },
  {
    name: 'FROM stage AS next',
    containerfile: lines(
      'FROM scratch AS one',
      'ENV A=1',
      'WORKDIR /w',
      'COPY d .',
      'FROM one AS two',
      'ENV B=$A',
      'COPY e e',
      'FROM two',
      'COPY e/f .',
    ),
    context,
  },
  {
    name: 'FROM stage and a file over a directory of it',
    containerfile: lines('FROM scratch AS one', 'COPY d /x', 'FROM one', 'COPY e/f /x/sub2', 'COPY n /x'),
    context: { ...context, 'n/sub': 'file' },
  },
  {
    name: 'FROM stage inherits settings',
    containerfile: lines(
      'FROM scratch AS one',
      'USER 5',
      'EXPOSE 1',
      'LABEL a=1 b=2',
      'CMD ["x"]',
      'ENTRYPOINT ["e"]',
      'VOLUME /v',
      'STOPSIGNAL 9',
      'FROM one',
      'LABEL b=3',
      'EXPOSE 2',
      'ENTRYPOINT ["f"]',
    ),
  },
  {
    name: 'CMD of a base is reset by ENTRYPOINT',
    containerfile: lines('FROM scratch AS one', 'CMD ["x"]', 'FROM one', 'ENTRYPOINT ["f"]'),
  },
  {
    name: 'names of stages ignore case',
    containerfile: lines('FROM scratch AS One', 'COPY d /x', 'FROM scratch', 'COPY --from=one /x /y'),
    context,
    refused: { by: 'podman', reason: 'names of stages ignore case in BuildKit, not in Podman 4.3' },
  },
  {
    name: 'a stage that nobody needs',
    containerfile: lines('FROM scratch AS unused', 'COPY d /x', 'FROM scratch', 'COPY e /y'),
    context,
  },
  {
    name: 'target by name',
    containerfile: lines('FROM scratch AS one', 'COPY d /x', 'FROM scratch AS two', 'COPY e /y'),
    context,
    target: 'one',
  },
  {
    name: 'target by number',
    containerfile: lines('FROM scratch AS one', 'COPY d /x', 'FROM scratch AS two', 'COPY e /y'),
    context,
    target: '0',
    refused: {
      by: 'podman',
      reason: 'a number names a stage in --from and in BuildKit, not in --target of Podman',
    },
  },
  {
    name: 'a base by the name of a stage in an ARG',
    containerfile: lines('ARG BASE=one', 'FROM scratch AS one', 'COPY e /y', 'FROM $BASE', 'COPY d /x'),
    context,
    refused: {
      by: 'podman',
      reason: 'Podman 4.3 looks for an image of that name: it does not see the stage',
    },
  },
  {
    name: 'ARG before FROM',
    containerfile: lines(
      'ARG BASE=scratch',
      'ARG WHAT=d',
      'FROM scratch AS one',
      'COPY e /y',
      'FROM $BASE',
      'ARG WHAT',
      'COPY $WHAT /x',
      'ENV W=$WHAT',
    ),
    context,
  },
  {
    name: 'ARG before FROM is not seen without ARG',
    containerfile: lines('ARG WHAT=d', 'FROM scratch', 'ENV W=x$WHAT'),
  },
  {
    name: 'build arguments',
    containerfile: lines(
      'ARG G=g',
      'FROM scratch',
      'ARG G',
      'ARG A=1',
      'ARG B',
      'ARG C',
      'ENV R=$A-$B-$C-$G',
      'COPY $A /x',
    ),
    context,
    buildArgs: { A: 'd', B: '2', G: 'given' },
  },
  {
    name: '${x:-y} and ${x:+y}',
    containerfile: lines(
      'FROM scratch',
      'ARG SET=s',
      'ARG EMPTY=',
      'ENV A=${SET:-y} B=${EMPTY:-y} C=${NONE:-y} D=${SET:+y} E=${EMPTY:+y} F=${NONE:+y} G=${SET}x H=$SET.x',
      'COPY ${NONE:-d} /x',
    ),
    context,
  },
  {
    name: 'TARGETARCH in a path',
    containerfile: lines(
      'FROM scratch',
      'ARG TARGETARCH',
      'ARG TARGETOS',
      'COPY bin/$TARGETOS/$TARGETARCH /x',
      'ENV P=$TARGETOS/$TARGETARCH',
    ),
    context: { 'bin/linux/amd64': 'a', 'bin/linux/arm64': 'b' },
  },
  {
    name: 'TARGETARCH of another platform',
    containerfile: lines(
      'FROM scratch',
      'ARG TARGETARCH',
      'ARG TARGETPLATFORM',
      'COPY bin/$TARGETARCH /x',
      'ENV P=$TARGETPLATFORM',
    ),
    context: { 'bin/amd64': 'a', 'bin/arm64': 'b' },
    platform: 'linux/arm64',
  },
  { name: 'ENV beats ARG', containerfile: lines('FROM scratch', 'ENV A=env', 'ARG A=arg', 'ENV B=$A') },
  {
    name: 'a large number of stages',
    containerfile: lines(
      'FROM scratch AS s0',
      'COPY d /x',
      ...[1, 2, 3, 4, 5].flatMap((n) => [
        `FROM scratch AS s${n}`,
        `COPY --from=s${n - 1} /x /x`,
        `COPY e /x/e${n}`,
      ]),
    ),
    context,
  },
];
