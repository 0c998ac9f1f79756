// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are variables of Containerfiles.
import { type Entry, opaqueWhiteout, whiteout } from '@prism-build/oci';
import { everyKind, tarOf, text } from '../archives';
import type { OracleBase } from '../bases';
import type { OracleCase } from '../case';

const lines = (...all: string[]) => [...all, ''].join('\n');
const context = { 'd/f': '1', 'd/sub/g': '2', f: 'own' };
const directory = (path: string, mode = 0o755, uid = 0, gid = 0): Entry => ({
  type: 'directory',
  path,
  mode,
  uid,
  gid,
});
const file = (path: string, content = path, mode = 0o644, uid = 0, gid = 0): Entry => ({
  type: 'file',
  path,
  mode,
  uid,
  gid,
  content: text(content),
});
const link = (path: string, linkTarget: string): Entry => ({
  type: 'symlink',
  path,
  mode: 0o777,
  uid: 0,
  gid: 0,
  linkTarget,
});

const debianLike: OracleBase = {
  layers: [
    [
      directory('etc'),
      file('etc/passwd', 'root:x:0:0::/root:/bin/sh\nweb:x:7:8::/home/web:/bin/sh\n'),
      file('etc/group', 'root:x:0:\nstaff:x:9:\n'),
      directory('usr'),
      directory('usr/bin'),
      directory('usr/lib'),
      file('usr/bin/tool', 'tool', 0o4755),
      link('bin', 'usr/bin'),
      link('lib', '/usr/lib'),
      directory('home'),
      directory('home/web', 0o700, 7, 8),
      file('home/web/note', 'note', 0o600, 7, 8),
      directory('tmp', 0o1777),
    ],
  ],
};
const set = { 'localhost/base/debian': debianLike };

const everything = {
  User: 'web:staff',
  ExposedPorts: { '80/tcp': {}, '53/udp': {} },
  Env: ['PATH=/base/bin', 'A=base', 'EMPTY=', 'B=has = signs'],
  Entrypoint: ['/entry'],
  Cmd: ['one', 'two'],
  Volumes: { '/data': {} },
  WorkingDir: '/home/web',
  Labels: { who: 'base', 'org.example.kept': 'yes' },
  StopSignal: 'SIGINT',
};
const configured = { 'localhost/base/configured': { ...debianLike, config: everything } };
const from = 'FROM localhost/base/configured';

/** Starting from images and copying from them: what is inherited, and what their files decide. */
export const baseCases: readonly OracleCase[] = [
  { name: 'base: nothing is added', containerfile: lines(from), bases: configured },
  {
    name: 'base: settings are inherited and added to',
    containerfile: lines(
      from,
      'ENV A=own C=${A}-more D=$B',
      'LABEL who=own own=1',
      'EXPOSE 8080',
      'VOLUME /more',
      'STOPSIGNAL 9',
      'USER 5',
    ),
    bases: configured,
  },
  {
    name: 'base: ENTRYPOINT forgets the CMD of the base',
    containerfile: lines(from, 'ENTRYPOINT ["/own"]'),
    bases: configured,
  },
  {
    name: 'base: CMD leaves the ENTRYPOINT of the base',
    containerfile: lines(from, 'CMD ["/own"]'),
    bases: configured,
  },
  {
    name: 'base: CMD and ENTRYPOINT of the same stage',
    containerfile: lines(from, 'CMD ["c"]', 'ENTRYPOINT ["e"]'),
    bases: configured,
  },
  {
    name: 'base: WORKDIR and COPY are relative to its WORKDIR, in its USER',
    containerfile: lines(from, 'COPY f here', 'WORKDIR made/deeper', 'COPY f .'),
    context,
    bases: configured,
  },
  {
    name: 'base: ENV beats ARG',
    containerfile: lines(from, 'ARG A=argument', 'ENV X=$A', 'COPY f /$A/'),
    context,
    bases: configured,
  },
  {
    name: 'base: without a PATH it gets one',
    containerfile: lines('FROM localhost/base/x', 'ENV X=1 Y=$PATH'),
    bases: { 'localhost/base/x': { ...debianLike, config: { Env: ['Z=1'] } } },
  },
  {
    name: 'base: users and groups by name',
    containerfile: lines(
      'FROM localhost/base/debian',
      'COPY --chown=web f /a',
      'COPY --chown=web:staff f /b',
      'COPY --chown=:staff f /c',
      'USER web',
      'WORKDIR /made/here',
    ),
    context,
    bases: set,
  },
  {
    name: 'base: a user that it does not have',
    containerfile: lines('FROM localhost/base/debian', 'COPY --chown=nobody f /a'),
    context,
    bases: set,
    refused: { by: 'both', code: 'COPY_OWNER_UNKNOWN' },
  },
  {
    name: 'base: links of the base lead the way',
    containerfile: lines(
      'FROM localhost/base/debian',
      'COPY f /bin/own',
      'COPY d /lib/',
      'COPY f /lib/deep/er/',
      'WORKDIR /bin/made',
    ),
    context,
    bases: set,
  },
  {
    name: 'base: directories that are there keep what they are',
    containerfile: lines(
      'FROM localhost/base/debian',
      'COPY f /tmp/f',
      'COPY f /home/web/',
      'WORKDIR /home/web',
    ),
    context,
    bases: set,
  },
  {
    name: 'base: a directory that is copied over one of the base',
    containerfile: lines('FROM localhost/base/debian', 'COPY --chown=3:4 d /home/web'),
    context,
    bases: set,
  },
  {
    name: 'base: a file gives way to a file, a link is followed',
    containerfile: lines('FROM localhost/base/debian', 'COPY f /usr/bin/tool', 'COPY f /etc/passwd'),
    context,
    bases: set,
  },
  {
    name: 'base: a file in the way of a directory',
    containerfile: lines('FROM localhost/base/debian', 'COPY d /usr/bin/tool'),
    context,
    bases: set,
    refused: { by: 'both', code: 'COPY_DESTINATION_INVALID' },
  },
  {
    name: 'base: --from an image keeps owners, modes and links',
    containerfile: lines(
      'FROM scratch',
      'COPY --from=localhost/base/debian /home /home',
      'COPY --from=localhost/base/debian /usr/bin/tool /bin/tool /x/',
      'COPY --from=localhost/base/debian /etc /etc',
      'COPY --chown=web f /f',
    ),
    context,
    bases: set,
  },
  {
    name: 'base: --from an image, everything and by a pattern',
    containerfile: lines(
      'FROM scratch',
      'COPY --from=localhost/base/debian / /all/',
      'COPY --from=localhost/base/debian /etc/* /some/',
      'COPY --from=localhost/base/debian --chown=1:2 --chmod=0711 /home/web /set/',
    ),
    bases: set,
  },
  {
    name: 'base: --from an image what is not there',
    containerfile: lines('FROM scratch', 'COPY --from=localhost/base/debian /nothing /x'),
    bases: set,
    refused: { by: 'both', code: 'COPY_SOURCE_MISSING' },
  },
  {
    name: 'base: --from an image with every kind of file',
    containerfile: lines('FROM scratch', 'COPY --from=localhost/base/kinds /app /y'),
    bases: { 'localhost/base/kinds': { layers: [everyKind] } },
  },
  {
    name: 'base: whiteouts hide files, directories and links of lower layers',
    containerfile: lines(
      'FROM localhost/base/white',
      'COPY f /bin/own',
      'COPY f /gone/deep/f',
      'COPY f /was-file/f',
      'COPY f /opaque/',
      'COPY --from=localhost/base/white / /copy/',
    ),
    context,
    bases: {
      'localhost/base/white': {
        layers: [
          [
            directory('gone', 0o711, 1, 1),
            directory('gone/deep', 0o711, 1, 1),
            file('gone/deep/x'),
            link('bin', 'gone/deep'),
            file('was-file'),
            directory('opaque', 0o700, 5, 5),
            file('opaque/old'),
            directory('opaque/olddir', 0o700),
            file('stays'),
          ],
          [
            whiteout('gone'),
            whiteout('bin'),
            whiteout('was-file'),
            opaqueWhiteout('opaque'),
            directory('opaque', 0o750, 6, 6),
            file('opaque/new'),
          ],
          [file('stays', 'upper', 0o600, 3, 3), directory('opaque/again'), file('opaque/again/x')],
        ],
      },
    },
  },
  {
    name: 'base: an opaque directory in the place of a link empties nothing',
    containerfile: lines('FROM localhost/base/alias', 'COPY --from=localhost/base/alias / /copy/'),
    bases: {
      'localhost/base/alias': {
        layers: [
          [
            ...[directory('data'), file('data/file'), directory('data/sub'), file('data/sub/file')],
            ...[link('alias', 'data'), link('second', 'data'), link('way', 'data')],
          ],
          [
            ...[directory('alias'), opaqueWhiteout('alias'), file('alias/new')],
            ...[directory('second'), opaqueWhiteout('second')],
            ...[directory('alias/sub'), opaqueWhiteout('alias/sub')],
          ],
        ],
      },
    },
  },
  {
    name: 'base: an opaque directory behind a link that stays',
    containerfile: lines('FROM localhost/base/behind', 'COPY --from=localhost/base/behind / /copy/'),
    bases: {
      'localhost/base/behind': {
        layers: [
          [
            directory('data'),
            directory('data/sub'),
            file('data/sub/file'),
            file('data/file'),
            link('way', 'data'),
          ],
          [opaqueWhiteout('data/sub'), directory('data'), directory('data/sub'), file('data/sub/new')],
        ],
      },
    },
  },
  {
    name: 'base: hard links across layers, to a file that a later layer replaces',
    containerfile: lines('FROM localhost/base/linked', 'COPY --from=localhost/base/linked / /copy/'),
    bases: {
      'localhost/base/linked': {
        layers: [
          [file('a', 'old'), link('s', 'a')],
          [
            file('a', 'new'),
            file('b', 'b'),
            { type: 'hardlink', path: 'c', mode: 0o644, uid: 0, gid: 0, linkTarget: 'b' },
          ],
          [file('b', 'newer')],
        ],
      },
    },
  },
  {
    name: 'base: a directory replaced by a file, a file by a directory, a link by a file',
    containerfile: lines('FROM localhost/base/kinds', 'COPY --from=localhost/base/kinds / /copy/'),
    bases: {
      'localhost/base/kinds': {
        layers: [
          [directory('d'), file('d/f'), file('f'), directory('t'), file('t/f'), link('l', 't')],
          [file('d'), directory('f'), file('f/g'), file('l', 'no link')],
        ],
      },
    },
  },
  {
    name: 'base: directories that no layer names',
    containerfile: lines('FROM localhost/base/bare', 'COPY f /a/b/own', 'COPY f /a/x/'),
    context,
    bases: { 'localhost/base/bare': { layers: [[file('a/b/c', 'c', 0o644, 4, 4)]] } },
  },
  {
    name: 'base: a layer that writes through a link of a lower one',
    containerfile: lines('FROM localhost/base/debian', 'COPY --from=localhost/base/through / /copy/'),
    context,
    bases: {
      ...set,
      'localhost/base/through': { layers: [debianLike.layers[0]!, [file('bin/later', 'later', 0o755)]] },
    },
  },
  {
    name: 'base: a hard link to a file of a lower layer',
    containerfile: lines('FROM scratch', 'COPY --from=localhost/base/hard / /copy/'),
    bases: {
      'localhost/base/hard': {
        layers: [
          [file('one', 'one'), directory('d')],
          tarOf([
            file('one', 'one'),
            { type: 'hardlink', path: 'd/two', mode: 0o644, uid: 0, gid: 0, linkTarget: 'one' },
          ]),
        ],
      },
    },
  },
  {
    name: 'base: through stages of the file',
    containerfile: lines(
      'FROM localhost/base/configured AS first',
      'COPY f /first',
      'FROM first AS second',
      'COPY --from=localhost/base/debian /etc/group /from-image',
      'FROM second',
      'COPY --from=first /home/web /copied',
      'CMD ["x"]',
    ),
    context,
    bases: { ...configured, ...set },
  },
  {
    name: 'base: a file of an image that a later layer hides',
    containerfile: lines('FROM scratch', 'COPY --from=localhost/base/debian /etc/group /f', 'COPY f /f'),
    context,
    bases: set,
  },
  {
    name: 'base: nothing is added to one without a PATH',
    containerfile: lines('FROM localhost/base/x'),
    bases: { 'localhost/base/x': { ...debianLike, config: { Env: ['Z=1'] } } },
  },
  {
    name: 'base: a WORKDIR that it does not have is made before the first copy',
    containerfile: lines('FROM localhost/base/x', 'LABEL a=b', 'COPY f /not/there', 'COPY f .'),
    context,
    bases: { 'localhost/base/x': { ...debianLike, config: { WorkingDir: '/not/there', User: '5:6' } } },
  },
  // With the first instruction: behind what it copies, by the USER in force, and not where it is a WORKDIR itself.
  ...Object.entries({
    'made by a first copy': ['COPY --chown=7:8 f /not/there'],
    'beside a first copy': ['COPY --chown=7:8 f /x'],
    'below which a first copy goes': ['COPY --chown=7:8 f /not/there/x/'],
    'and another is named first': ['WORKDIR /other', 'COPY --chown=7:8 f .'],
    'and one below it is named first': ['WORKDIR x', 'COPY --chown=7:8 f /not/there/'],
    'made for the USER that comes first': ['USER 1:2', 'COPY --chown=7:8 f /not/there'],
    'made before a USER that comes later': ['COPY f /x', 'USER 1:2', 'COPY --chown=7:8 f /not/there'],
  }).map(([what, instructions]) => ({
    name: `base: a WORKDIR that it does not have, ${what}`,
    containerfile: lines('FROM localhost/base/x', ...instructions),
    context,
    bases: { 'localhost/base/x': { ...debianLike, config: { WorkingDir: '/not/there', User: '5:6' } } },
  })),
  {
    name: 'base: a WORKDIR that it does not have, and no step that looks at files',
    containerfile: lines('FROM localhost/base/x', 'LABEL a=b'),
    bases: { 'localhost/base/x': { ...debianLike, config: { WorkingDir: '/not/there' } } },
    differences: {
      '/not type': 'made when a container starts; to know that it is missing takes the files of the base',
      '/not/there type': 'see above',
    },
  },
  {
    name: 'base: another platform',
    containerfile: lines(from, 'ARG TARGETARCH', 'COPY f /$TARGETARCH'),
    platform: 'linux/arm64',
    context,
    bases: configured,
  },
];
