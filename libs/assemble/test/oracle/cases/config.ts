// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are variables of Containerfiles.
import type { OracleCase } from '../case';

const scratch = (name: string, ...lines: string[]): OracleCase => ({
  name,
  containerfile: ['FROM scratch', ...lines, ''].join('\n'),
});

const shell = 'SHELL holds for CMD and ENTRYPOINT as documented and in BuildKit; Podman 4.3 forgets it there';
const volume =
  'Podman leaves the directory of a VOLUME only where no instruction follows; engines make it anyway';
const clean = 'the same directory, written clean, as BuildKit writes it';

/** Instructions that change the configuration alone. */
export const configCases: readonly OracleCase[] = [
  scratch('nothing but FROM scratch'),
  scratch('CMD is kept by an ENTRYPOINT behind it', 'CMD ["a", "b"]', 'ENTRYPOINT ["e"]'),
  scratch('ENTRYPOINT before CMD', 'ENTRYPOINT ["e"]', 'CMD ["a", "b"]'),
  scratch('ENTRYPOINT twice', 'ENTRYPOINT ["e"]', 'CMD ["a"]', 'ENTRYPOINT ["f"]'),
  scratch('shell form of CMD', 'CMD echo "a  b" $HOME'),
  scratch('shell form of ENTRYPOINT', 'ENTRYPOINT exec top -b'),
  scratch('empty CMD and ENTRYPOINT', 'CMD ["x"]', 'ENTRYPOINT ["y"]', 'ENTRYPOINT []', 'CMD []'),
  scratch('variables in commands are not expanded', 'ENV A=1', 'CMD ["$A", "${A}"]', 'ENTRYPOINT run $A'),
  {
    ...scratch('SHELL', 'SHELL ["/bin/bash", "-o", "pipefail", "-c"]', 'CMD run this', 'ENTRYPOINT and that'),
    differences: { 'config.Cmd': shell, 'config.Entrypoint': shell },
  },
  scratch(
    'ENV in both forms',
    'ENV A one two  three',
    'ENV B=1 C="two words" D=three\\ words E=\'$A\' F="$A"',
  ),
  scratch('ENV that changes itself', 'ENV A=1', 'ENV A=2 B=$A', 'ENV C=$A', 'ENV A='),
  scratch('ENV PATH', 'ENV PATH=/app:$PATH'),
  scratch(
    'LABEL with quotes, several, over lines',
    'LABEL a=1 "b c"="d e" f=\'g\'',
    'LABEL h="i \\',
    'j"',
    'LABEL a=2',
    'LABEL old form of it',
  ),
  scratch('EXPOSE', 'EXPOSE 80 443/tcp 53/udp', 'EXPOSE 80/tcp', 'ARG P=9', 'EXPOSE $P'),
  scratch('MAINTAINER', 'MAINTAINER A. B. <a@b.c>', 'CMD x'),
  scratch('EXPOSE of a range', 'EXPOSE 8000-8003', 'EXPOSE 9000-9001/udp'),
  { ...scratch('VOLUME', 'VOLUME /a /b', 'VOLUME ["/c d", "/a"]'), differences: { '/c d type': volume } },
  {
    ...scratch('VOLUME with a variable', 'ENV V=/data', 'VOLUME $V/x'),
    differences: { '/data type': volume, '/data/x type': volume },
  },
  scratch('STOPSIGNAL by name', 'STOPSIGNAL SIGTERM'),
  scratch('STOPSIGNAL by number', 'STOPSIGNAL 9'),
  scratch('STOPSIGNAL without SIG', 'STOPSIGNAL QUIT'),
  scratch('USER by name', 'USER app'),
  scratch('USER and group', 'USER 65532:65532'),
  scratch('USER twice', 'USER a:b', 'USER 7'),
  scratch('USER with a variable', 'ARG U=5', 'USER $U:${U}'),
  scratch('WORKDIR relative chain', 'WORKDIR /a', 'WORKDIR b', 'WORKDIR ./c/../d', 'WORKDIR e/'),
  scratch('WORKDIR relative at first', 'WORKDIR a', 'WORKDIR b'),
  scratch('WORKDIR root', 'WORKDIR /'),
  scratch('WORKDIR with a variable', 'ENV D=/x', 'WORKDIR $D/y'),
  { ...scratch('WORKDIR with a trailing slash', 'WORKDIR /a/'), differences: { 'config.WorkingDir': clean } },
  { ...scratch('WORKDIR that climbs', 'WORKDIR /a/../../b'), differences: { 'config.WorkingDir': clean } },
  scratch(
    'HEALTHCHECK in exec form',
    'HEALTHCHECK --interval=5s --timeout=1m --start-period=2s --retries=4 CMD ["/probe", "x"]',
  ),
  scratch('HEALTHCHECK in shell form', 'HEALTHCHECK CMD probe || exit 1'),
  scratch('HEALTHCHECK NONE', 'HEALTHCHECK CMD probe', 'HEALTHCHECK NONE'),
  scratch(
    'comments and continuations',
    '# comment',
    'ENV A=1 \\',
    '# inside',
    '    B=2 \\',
    '',
    '    C=3',
    '  # indented',
    'LABEL x=y',
  ),
  scratch('ports in capitals', 'EXPOSE 80/TCP'),
  scratch('STOPSIGNAL of real time', 'STOPSIGNAL SIGRTMIN+3'),
  scratch('STOPSIGNAL in small letters', 'STOPSIGNAL sigint'),
  scratch('USER and WORKDIR of an empty variable', 'USER $A', 'WORKDIR $A'),
  scratch('LABEL of an empty name', 'LABEL $A=1'),
  {
    name: 'the order of ENV over stages',
    containerfile:
      'FROM scratch AS s\nENV B=1 C=1\nENV B=2\nFROM s AS t\nENV B=3 A=1\nENV C=2 B=4\nFROM t\nENV PATH=/x\n',
  },
  scratch('VOLUME before another instruction', 'VOLUME /a', 'ENV A=1'),
  {
    name: 'escape directive',
    containerfile: '# escape=`\nFROM scratch\nENV A=c:\\x `\n    B=2\nLABEL a="b `\n c"\n',
  },
  {
    name: 'lower case, tabs, windows line ends',
    containerfile: 'from scratch\r\n\tenv A=1\r\ncmd ["x"]\r\n',
  },
  { name: 'another platform', containerfile: 'FROM scratch\nENV A=1\n', platform: 'linux/arm64' },
  { name: 'a platform with a variant', containerfile: 'FROM scratch\nENV A=1\n', platform: 'linux/arm/v7' },
];
