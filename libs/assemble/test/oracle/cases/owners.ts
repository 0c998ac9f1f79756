// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are variables of Containerfiles.
import type { OracleCase } from '../case';

const scratch = (...lines: string[]) => ['FROM scratch', 'COPY etc /etc', ...lines, ''].join('\n');
const context = {
  'etc/passwd':
    'root:x:0:0:root:/:/bin/sh\napp:x:1000:1001:App:/:/bin/sh\nnumeric:x:2000:2001::/:\n77:x:3000:3001::/:\n',
  'etc/group': 'root:x:0:\nstaff:x:50:app\nweb:x:33:\n',
  'd/f': '1',
  'd/sub/g': '2',
};

/** --chown, USER and who owns what is made on the way. */
export const ownerCases: readonly OracleCase[] = [
  { name: 'files of the context belong to root', containerfile: scratch('USER app', 'COPY d /x'), context },
  { name: '--chown=name', containerfile: scratch('COPY --chown=app d /x'), context },
  { name: '--chown=name:name', containerfile: scratch('COPY --chown=app:staff d /x/'), context },
  { name: '--chown=name:number', containerfile: scratch('COPY --chown=app:7 d/f /x/y/z'), context },
  { name: '--chown=number:name', containerfile: scratch('COPY --chown=7:web d/f /x/y/'), context },
  { name: '--chown=number:number', containerfile: scratch('COPY --chown=7:8 d /x/y/'), context },
  { name: '--chown=number of nobody', containerfile: scratch('COPY --chown=7 d /x'), context },
  { name: '--chown=number of somebody', containerfile: scratch('COPY --chown=1000 d /x'), context },
  { name: '--chown=number that is a name too', containerfile: scratch('COPY --chown=77 d /x'), context },
  { name: '--chown=name:', containerfile: scratch('COPY --chown=app: d /x'), context },
  { name: '--chown=:name', containerfile: scratch('COPY --chown=:staff d /x'), context },
  {
    name: '--chown of links',
    containerfile: scratch('COPY --chown=7:8 d /x'),
    context: { ...context, 'd/l': { link: 'f' } },
  },
  {
    name: '--chown with an argument',
    containerfile: scratch('ARG WHO=app', 'COPY --chown=$WHO:${WHO}x d /x'),
    context: { ...context, 'etc/group': 'appx:x:9:\n' },
  },
  {
    name: '--chown of a name in a stage without passwd',
    containerfile: 'FROM scratch\nCOPY --chown=app d /x\n',
    context,
    refused: { by: 'both', code: 'COPY_OWNER_UNKNOWN' },
  },
  {
    name: '--chown=number in a stage without passwd',
    containerfile: 'FROM scratch\nCOPY --chown=9 d /x\n',
    context,
  },
  {
    name: '--chown of an unknown user',
    containerfile: scratch('COPY --chown=nobody d /x'),
    context,
    refused: { by: 'both', code: 'COPY_OWNER_UNKNOWN' },
  },
  {
    name: '--chown of an unknown group',
    containerfile: scratch('COPY --chown=app:nobody d /x'),
    context,
    refused: { by: 'both', code: 'COPY_OWNER_UNKNOWN' },
  },
  {
    name: '--chown onto what belongs to another',
    containerfile: scratch('COPY --chown=7:8 d /x', 'COPY --chown=9:10 d/sub /x/sub'),
    context,
  },
  { name: '--chown and --chmod', containerfile: scratch('COPY --chown=7:8 --chmod=0700 d /x/y'), context },
  {
    name: 'WORKDIR with USER set',
    containerfile: scratch('USER app', 'WORKDIR /home/app', 'COPY d .'),
    context,
  },
  {
    name: 'passwd behind a link',
    containerfile: scratch('COPY --chown=app d /x'),
    context: { 'etc/passwd': { link: '/usr/passwd' }, 'etc/f': '', 'd/f': '1' },
    refused: { by: 'both', code: 'COPY_OWNER_UNKNOWN' },
  },
  {
    name: 'a passwd with odd lines',
    containerfile: scratch('COPY --chown=app d /x'),
    context: { 'etc/passwd': '\n# comment\nbroken\n+::::::\napp:x:12:13::/:\n', 'd/f': '1' },
    refused: { by: 'podman', reason: 'Podman reads no further than the first line that is no user' },
  },
  {
    name: 'WORKDIR with USER of an unknown name',
    containerfile: scratch('USER nobody', 'WORKDIR /a'),
    context,
  },
  {
    name: 'WORKDIR with USER by number',
    containerfile: scratch('USER 5', 'WORKDIR /a', 'USER 7:web', 'WORKDIR b'),
    context,
  },
  {
    name: 'WORKDIR with the USER of a base',
    containerfile: `${scratch('USER app').replace('scratch', 'scratch AS one')}FROM one
WORKDIR /a/b
`,
    context,
  },
  {
    name: '--chown and an ADD through a WORKDIR of a user',
    containerfile: scratch('USER 5:6', 'WORKDIR /w', 'ADD --chown=7:8 d/f ./new/', 'COPY d .'),
    context,
  },
];
