import type { OracleCase } from '../case';

const letters = { 'd/a.txt': 'a', 'd/b.txt': 'b', 'd/sub/c.txt': 'c', 'e/z.txt': 'z', 'f.txt': 'f' };
const scratch = (...lines: string[]) => ['FROM scratch', ...lines, ''].join('\n');

/** What COPY makes of sources and destinations. */
export const copyCases: readonly OracleCase[] = [
  { name: 'COPY dir/ into a new directory', containerfile: scratch('COPY d/ /x'), context: letters },
  {
    name: 'COPY dir into a new directory with a slash',
    containerfile: scratch('COPY d /x/'),
    context: letters,
  },
  { name: 'COPY .', containerfile: scratch('COPY . /all'), context: letters },
  { name: 'COPY . into the root', containerfile: scratch('COPY . /'), context: letters },
  { name: 'COPY . .', containerfile: scratch('WORKDIR /w', 'COPY . .'), context: letters },
  { name: 'COPY file to a name', containerfile: scratch('COPY f.txt /x/y'), context: letters },
  { name: 'COPY file into dir/', containerfile: scratch('COPY f.txt /x/y/'), context: letters },
  {
    name: 'COPY file into a directory without a slash',
    containerfile: scratch('WORKDIR /x', 'COPY f.txt /x'),
    context: letters,
  },
  {
    name: 'COPY file over a file',
    containerfile: scratch('COPY f.txt /x', 'COPY d/a.txt /x'),
    context: letters,
  },
  {
    name: 'COPY of a file over a directory, and of a directory over that file, in one line',
    containerfile: scratch('COPY below /', 'COPY one two /'),
    context: { 'below/d/old': '1', 'one/d': '2', 'two/d/new': '3' },
  },
  { name: 'COPY files into dir/', containerfile: scratch('COPY f.txt d/a.txt d/sub /x/'), context: letters },
  {
    name: 'COPY files into a relative dir/',
    containerfile: scratch('WORKDIR /w', 'COPY f.txt d/a.txt x/'),
    context: letters,
  },
  {
    name: 'COPY to a relative path with ..',
    containerfile: scratch('WORKDIR /w/v', 'COPY f.txt ../x'),
    context: letters,
  },
  {
    name: 'COPY from ./ and over',
    containerfile: scratch('COPY ./d/../f.txt /x', 'COPY /d /y', 'COPY ../f.txt /z'),
    context: letters,
  },
  {
    name: 'COPY names with spaces',
    containerfile: scratch('COPY ["a b.txt", "/x y/"]'),
    context: { 'a b.txt': '1' },
  },
  {
    name: 'COPY names of unicode',
    containerfile: scratch('COPY ü 日本 /ö/'),
    context: { 'ü/ñ.txt': '1', 日本: '2' },
  },
  { name: 'COPY an empty file', containerfile: scratch('COPY e /'), context: { e: '' } },
  {
    name: 'COPY an empty directory',
    containerfile: scratch('COPY e /x'),
    context: { e: { directory: 0o755 } },
  },
  {
    name: 'COPY a directory with an empty one in it',
    containerfile: scratch('COPY e /x'),
    context: { 'e/inner': { directory: 0o755 } },
  },
  {
    name: 'COPY an empty directory onto one that is there',
    containerfile: scratch('COPY d /x', 'COPY e /x'),
    context: { ...letters, e: { directory: 0o755 }, 'e/z.txt': 'z' },
  },
  {
    name: 'COPY many files',
    containerfile: scratch('COPY m /m'),
    context: Object.fromEntries(Array.from({ length: 300 }, (_, at) => [`m/${at % 7}/${at}`, `${at}`])),
  },
  {
    name: 'COPY paths longer than 100 and than 255 bytes',
    containerfile: scratch('COPY d /x'),
    context: {
      [`d/${'a'.repeat(120)}`]: '1',
      [`d/${Array(4).fill('b'.repeat(90)).join('/')}/f`]: '2',
      [`d/${'l'.repeat(99)}`]: { link: 't'.repeat(200) },
    },
  },
  {
    name: 'hard links of the context are files of their own',
    containerfile: scratch('COPY d /x'),
    context: { 'd/a': '1', 'd/b': { hardlink: 'd/a' } },
    differences: {
      '/x/a links': 'no two files of the context are hard links: the way of checking out decides no digest',
      '/x/b links': 'no two files of the context are hard links: the way of checking out decides no digest',
    },
  },
  { name: 'glob *', containerfile: scratch('COPY d/*.txt /x/'), context: letters },
  { name: 'glob * of one match to a name', containerfile: scratch('COPY f*.txt /x'), context: letters },
  { name: 'glob ?', containerfile: scratch('COPY d/?.txt /x/'), context: letters },
  { name: 'glob [a-z]', containerfile: scratch('COPY d/[a-a].txt /x/'), context: letters },
  { name: 'glob [^a]', containerfile: scratch('COPY d/[^a].txt /x/'), context: letters },
  {
    name: 'glob that matches directories',
    containerfile: scratch('COPY [de] /x/', 'COPY d/s* /y/', 'COPY */*.txt /z/'),
    context: letters,
  },
  { name: 'glob that matches one directory', containerfile: scratch('COPY e* /x'), context: letters },
  {
    name: 'glob that matches hidden files',
    containerfile: scratch('COPY * /x/'),
    context: { '.hidden': '1', shown: '2' },
  },
  {
    name: 'an escaped glob character',
    containerfile: scratch('COPY ["a\\\\\\\\[1].txt", "/x/"]'),
    context: { 'a[1].txt': '1' },
    // Podman stats the name without its escape and then reads it as a pattern again.
    refused: { by: 'both', code: 'COPY_SOURCE_MISSING' },
  },
  {
    name: 'a class whose bracket lost its escape',
    containerfile: scratch('COPY ["a\\\\[1].txt", "/x/"]'),
    context: { 'a[1].txt': '1', 'a1.txt': '2' },
  },
  {
    name: 'a glob of several files to a name',
    containerfile: scratch('COPY d/*.txt /x'),
    context: letters,
    refused: {
      by: 'native',
      code: 'COPY_DESTINATION_INVALID',
      reason: 'Podman gives each of them that name, and one is left',
    },
  },
  {
    name: 'a glob of several files to a directory that is there',
    containerfile: scratch('WORKDIR /x', 'COPY d/*.txt /x'),
    context: letters,
  },
  {
    name: 'a glob that matches nothing beside a file',
    containerfile: scratch('COPY *.none f.txt /x'),
    context: letters,
  },
  {
    name: 'a glob that matches a dangling link too',
    containerfile: scratch('COPY d/* /x/'),
    context: { 'd/f': '1', 'd/l': { link: 'gone' } },
    refused: { by: 'both', code: 'COPY_SOURCE_MISSING' },
  },
  {
    name: 'a glob whose matches are all ignored beside a file',
    containerfile: scratch('COPY e/* f.txt /x'),
    context: { ...letters, '.containerignore': 'e\n' },
    refused: {
      by: 'podman',
      reason: 'what is ignored is not there: the pattern matches nothing, which is allowed',
    },
  },
  {
    name: 'a glob through a link to a directory',
    containerfile: scratch('COPY */*.txt /x/', 'COPY l/* /y/'),
    context: { ...letters, l: { link: 'd/sub' } },
  },
  {
    name: 'a directory over an absolute link to a directory',
    containerfile: scratch('COPY e /x', 'COPY d /x'),
    context: { 'd/y/new': '1', 'e/y': { link: '/real' }, 'e/real/old': 'z' },
  },
  {
    name: 'a directory over a link to a file and over one to nothing',
    containerfile: scratch('COPY e /x', 'COPY d /x'),
    context: { 'd/y/new': '1', 'd/w/new': '1', 'e/y': { link: 'f' }, 'e/f': 'z', 'e/w': { link: 'gone' } },
  },
  {
    name: 'a file over a directory',
    containerfile: scratch('COPY d /x/y', 'COPY e /x'),
    context: { 'd/a': '1', 'e/y': 'file' },
  },
  {
    name: 'a directory over a file',
    containerfile: scratch('COPY e /x', 'COPY d /x'),
    context: { 'd/y/a': '1', 'e/y': 'file' },
  },
  {
    name: 'a file over a link',
    containerfile: scratch('COPY e /x', 'COPY d /x'),
    context: { 'd/y': '1', 'e/y': { link: 'z' }, 'e/z': 'z' },
  },
  {
    name: 'a directory over a link to a directory',
    containerfile: scratch('COPY e /x', 'COPY d /x'),
    context: { 'd/y/new': '1', 'e/y': { link: 'real' }, 'e/real/old': 'z' },
  },
  {
    name: 'a link over a directory',
    containerfile: scratch('COPY e /x', 'COPY d /x'),
    context: { 'd/y': { link: 'z' }, 'e/y/f': '1' },
  },
  {
    name: 'a destination through an absolute link',
    containerfile: scratch('COPY d /x', 'COPY f.txt /x/l/'),
    context: { ...letters, 'd/l': { link: '/real' } },
  },
  {
    name: 'a destination through a relative link',
    containerfile: scratch('COPY d /x', 'COPY f.txt /x/l/'),
    context: { ...letters, 'd/l': { link: 'sub' } },
  },
  {
    name: 'a destination that is a link to a file',
    containerfile: scratch('COPY d /x', 'COPY f.txt /x/l'),
    context: { ...letters, 'd/l': { link: 'a.txt' } },
  },
  {
    name: 'a destination that is a link to a directory',
    containerfile: scratch('COPY d /x', 'COPY f.txt /x/l'),
    context: { ...letters, 'd/l': { link: 'sub' } },
  },
  {
    name: 'a destination that is a dangling link',
    containerfile: scratch('COPY d /x', 'COPY f.txt /x/l'),
    context: { ...letters, 'd/l': { link: '/gone/g' } },
  },
  {
    name: 'a directory to a destination that is a dangling link',
    containerfile: scratch('COPY d /x', 'COPY e /x/l'),
    context: { ...letters, 'd/l': { link: '/gone/g' } },
  },
  {
    name: 'a destination below a dangling link',
    containerfile: scratch('COPY d /x', 'COPY e /x/l/m'),
    context: { ...letters, 'd/l': { link: '../gone' } },
  },
  {
    name: 'a destination below a link in WORKDIR',
    containerfile: scratch('COPY d /x', 'WORKDIR /x/l', 'COPY f.txt .'),
    context: { ...letters, 'd/l': { link: '/real' } },
  },
  {
    name: 'COPY onto a directory of another mode',
    containerfile: scratch('COPY --chmod=0700 d /x', 'COPY d /x'),
    context: letters,
  },
  {
    name: 'COPY --chmod of a file',
    containerfile: scratch('COPY --chmod=640 f.txt /x', 'COPY --chmod=4755 f.txt /y'),
    context: letters,
  },
  {
    name: 'COPY --chmod of a directory',
    containerfile: scratch('COPY --chmod=0711 d /x', 'COPY --chmod=0700 d/sub /y/z/'),
    context: letters,
  },
  {
    name: 'ADD of plain files',
    containerfile: scratch('ADD f.txt /x', 'ADD d /y', 'ADD f.txt d/a.txt /z/'),
    context: letters,
  },
  {
    name: 'COPY --chmod with leading zeros, and with all bits',
    containerfile: scratch('COPY --chmod=000640 f.txt /x', 'COPY --chmod=7777 f.txt /y'),
    context: letters,
  },
  { name: 'ADD --chmod', containerfile: scratch('ADD --chmod=600 f.txt /x'), context: letters },
];
