import type { OracleCase } from '../case';

const scratch = (...lines: string[]) => ['FROM scratch', ...lines, ''].join('\n');
const tree = { 'a.md': '1', 'b.txt': '2', 'd/a.md': '3', 'd/e/a.md': '4', 'd/e/b.txt': '5', 'keep.md': '6' };

/** What of a context is copied: links, modes, ignore files. */
export const contextCases: readonly OracleCase[] = [
  {
    name: 'a source that is a link to a file',
    containerfile: scratch('COPY l /x'),
    context: { l: { link: 'real/f' }, 'real/f': '1' },
  },
  {
    name: 'a source that is a link to a file, into dir/',
    containerfile: scratch('COPY l /x/'),
    context: { l: { link: 'real/f' }, 'real/f': '1' },
  },
  {
    name: 'a source that is a link to a file, into a directory',
    containerfile: scratch('WORKDIR /x', 'COPY l /x'),
    context: { l: { link: 'real/f' }, 'real/f': '1' },
  },
  {
    name: 'a source that is a link to a directory',
    containerfile: scratch('COPY l /x'),
    context: { l: { link: 'real' }, 'real/f': '1', 'real/g': { link: 'f' } },
  },
  {
    name: 'a source that is a link to a directory, into dir/',
    containerfile: scratch('COPY l /x/'),
    context: { l: { link: 'real' }, 'real/f': '1' },
  },
  {
    name: 'a source below a link to a directory',
    containerfile: scratch('COPY l/f /x'),
    context: { l: { link: 'real' }, 'real/f': '1' },
  },
  {
    name: 'a source that is an absolute link',
    containerfile: scratch('COPY l /x'),
    context: { l: { link: '/real/f' }, 'real/f': '1' },
  },
  {
    name: 'a source that is a link out of the context',
    containerfile: scratch('COPY l /x'),
    context: { l: { link: '../../real/f' }, 'real/f': '1' },
  },
  {
    name: 'a link to what is not in the context',
    containerfile: scratch('COPY l /x'),
    context: { l: { link: '/etc/hostname-of-nobody' } },
    refused: { by: 'both', code: 'COPY_SOURCE_MISSING' },
  },
  {
    name: 'a link to a link',
    containerfile: scratch('COPY l /x'),
    context: { l: { link: 'm' }, m: { link: 'd/n' }, 'd/n': { link: 'f' }, 'd/f': '1' },
  },
  {
    name: 'a loop of links',
    containerfile: scratch('COPY l /x'),
    context: { l: { link: 'm' }, m: { link: 'l' } },
    refused: { by: 'both', code: 'COPY_SOURCE_MISSING' },
  },
  {
    name: 'a loop of links that a glob matches and nobody sees',
    containerfile: scratch('COPY ? /x/'),
    context: { l: { link: 'l' }, m: '1', '.dockerignore': 'l\n' },
    refused: { by: 'podman', reason: 'what is ignored is not there, as in BuildKit' },
  },
  {
    name: 'links that a glob matches',
    containerfile: scratch('COPY d/* /x/'),
    context: { 'd/l': { link: '../real/f' }, 'd/m': { link: '../real' }, 'real/f': '1' },
  },
  {
    name: 'links inside a copied directory',
    containerfile: scratch('COPY d /x'),
    context: {
      'd/l': { link: 'f' },
      'd/f': '1',
      'd/up': { link: '../other' },
      'd/out': { link: '/etc/passwd' },
      'd/gone': { link: 'nothing' },
      'd/dir': { link: 'sub' },
      'd/sub/g': '2',
    },
  },
  {
    name: 'modes that git knows',
    containerfile: scratch('COPY d /x'),
    context: { 'd/run': { bytes: '1', mode: 0o755 }, 'd/read': { bytes: '2', mode: 0o644 } },
  },
  {
    name: 'modes of a umask',
    containerfile: scratch('COPY d /x'),
    context: {
      'd/private': { bytes: '1', mode: 0o600 },
      'd/own': { bytes: '2', mode: 0o700 },
      'd/group': { bytes: '3', mode: 0o664 },
      'd/sub': { directory: 0o700 },
    },
    differences: {
      '/x/private mode': 'files of the context have the modes that git knows: a umask decides no digest',
      '/x/own mode': 'files of the context have the modes that git knows: a umask decides no digest',
      '/x/group mode': 'files of the context have the modes that git knows: a umask decides no digest',
      '/x/sub mode': 'directories of the context are 0755: a umask decides no digest',
    },
  },
  {
    name: 'setuid and setgid of the context are dropped',
    containerfile: scratch('COPY d /x'),
    context: { 'd/u': { bytes: '1', mode: 0o4755 }, 'd/g': { bytes: '2', mode: 0o2755 } },
  },
  {
    name: 'the sticky bit of the context is dropped',
    containerfile: scratch('COPY d /x'),
    context: { 'd/t': { directory: 0o1755 } },
    differences: { '/x/t mode': 'git does not know the sticky bit' },
  },
  {
    name: '.containerignore',
    containerfile: scratch('COPY . /x'),
    context: { ...tree, '.containerignore': '*.md\nd/e\n' },
  },
  {
    name: '.dockerignore',
    containerfile: scratch('COPY . /x'),
    context: { ...tree, '.dockerignore': '*.md\nd/e\n' },
  },
  {
    name: '.containerignore beats .dockerignore',
    containerfile: scratch('COPY . /x'),
    context: { ...tree, '.containerignore': '*.md\n', '.dockerignore': '*.txt\n' },
  },
  {
    name: 'Containerfile.dockerignore beats both',
    containerfile: scratch('COPY . /x'),
    context: {
      ...tree,
      'Containerfile.dockerignore': 'd\n',
      'Containerfile.containerignore': 'a.md\n',
      '.containerignore': '*.txt\n',
    },
  },
  {
    name: '! brings back',
    containerfile: scratch('COPY . /x'),
    context: { ...tree, '.containerignore': '*.md\n!keep.md\n' },
  },
  {
    name: '! brings back inside an ignored directory',
    containerfile: scratch('COPY . /x'),
    context: { ...tree, '.containerignore': 'd\n!d/e/b.txt\n' },
  },
  {
    name: '! after * names what is wanted',
    containerfile: scratch('COPY . /x'),
    context: { ...tree, '.containerignore': '*\n!d/e\nd/e/a.md\n' },
  },
  {
    name: '** in an ignore file',
    containerfile: scratch('COPY . /x'),
    context: { ...tree, '.containerignore': '**/*.md\n' },
  },
  {
    name: '** and ! in an ignore file',
    containerfile: scratch('COPY . /x'),
    context: { ...tree, '.containerignore': '**/*.md\n!d/**/a.md\n' },
  },
  {
    name: 'an exception that starts with a wildcard',
    containerfile: scratch('COPY . /x'),
    context: { ...tree, '.containerignore': 'd\n!**/a.md\n' },
    differences: Object.fromEntries(
      ['/x/d', '/x/d/a.md', '/x/d/e', '/x/d/e/a.md'].map((path) => [
        `${path} type`,
        'it reaches into ignored directories, as in BuildKit; Podman does not look there',
      ]),
    ),
  },
  {
    name: 'comments and blanks in an ignore file',
    containerfile: scratch('COPY . /x'),
    context: { ...tree, '.containerignore': '# no\n\n  a.md  \n/b.txt\nd/\n' },
  },
  {
    name: 'an ignored source',
    containerfile: scratch('COPY a.md /x'),
    context: { ...tree, '.containerignore': '*.md\n' },
    refused: { by: 'both', code: 'COPY_SOURCE_MISSING' },
  },
  {
    name: 'a glob of ignored and other sources',
    containerfile: scratch('COPY *.* /x/'),
    context: { ...tree, '.containerignore': '*.md\n' },
  },
  {
    name: 'a glob of ignored sources alone',
    containerfile: scratch('COPY *.md /x/'),
    context: { ...tree, '.containerignore': '*.md\n' },
    refused: { by: 'both', code: 'COPY_SOURCE_MISSING' },
  },
  {
    name: 'a directory whose content is ignored',
    containerfile: scratch('COPY d /x'),
    context: { ...tree, '.containerignore': 'd/*\n' },
  },
  {
    name: 'a directory that is ignored with an exception',
    containerfile: scratch('COPY d /x'),
    context: { ...tree, '.containerignore': 'd\n!d/e/b.txt\n' },
  },
  {
    name: 'ignored links',
    containerfile: scratch('COPY . /x'),
    context: { ...tree, l: { link: 'a.md' }, m: { link: 'b.txt' }, '.containerignore': 'l\nb.txt\n' },
  },
  {
    name: 'the Containerfile and the ignore file are copied too',
    containerfile: scratch('COPY . /x'),
    context: { '.containerignore': 'z\n' },
  },
];
