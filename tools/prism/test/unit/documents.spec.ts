import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

const root = join(__dirname, '../../../..');
const { pages } = require('../../makePackage.cjs') as { pages: readonly string[] };

const list = (...patterns: string[]) =>
  execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', ...patterns], { cwd: root })
    .toString()
    .split('\n')
    .filter((file) => file !== '' && existsSync(join(root, file)));
const documents = list('*.md').filter((file) => !file.includes('/templates/'));
const read = (file: string) => readFileSync(join(root, file), 'utf8');

/** Text without blocks of code, which hold examples. */
const withoutBlocks = (text: string) => text.replace(/^```[\s\S]*?^```/gm, '');

interface Link {
  readonly from: string;
  readonly path: string;
  readonly anchor: string | undefined;
}

function linksOf(from: string): Link[] {
  const found = withoutBlocks(read(from))
    .replace(/`[^`\n]*`/g, '')
    .matchAll(/\]\(([^)\s]+)\)/g);
  return [...found]
    .map(([, target]) => target!)
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => {
      const [path = '', anchor] = target.split('#');
      return { from, path: path === '' ? from : normalize(join(dirname(from), path)), anchor };
    });
}

/** Anchors as GitHub makes them of headings. */
function anchorsOf(file: string): string[] {
  const headings = withoutBlocks(read(file)).matchAll(/^#+ +(.+)$/gm);
  return [...headings].map(([, text]) =>
    text!
      .toLowerCase()
      .replace(/[^\p{Letter}\p{Number}\s_-]/gu, '')
      .trim()
      .replace(/\s/g, '-'),
  );
}

const links = documents.flatMap(linksOf);

test('every relative link leads to a file and, if it names one, to a heading', () => {
  expect(links.length).toBeGreaterThan(50);
  const broken = links.filter(({ path, anchor }) => {
    if (!existsSync(join(root, path))) return true;
    if (anchor === undefined || statSync(join(root, path)).isDirectory()) return false;
    return path.endsWith('.md') && !anchorsOf(path).includes(anchor);
  });
  expect(broken).toEqual([]);
});

test('every path of this repository that a document names exists', () => {
  const tops = 'libs|tools|docs|examples|containerfiles|plugins|proxy|admin|test';
  const path = new RegExp(`\`((?:${tops})/[\\w./@-]+)\``, 'g');
  const missing = ['README.md', 'CONTRIBUTING.md', 'AGENTS.md', ...list('docs/*.md')].flatMap((file) =>
    [...withoutBlocks(read(file)).matchAll(path)]
      .map(([, named]) => named!)
      .filter((named) => !existsSync(join(root, named)))
      .map((named) => `${file}: ${named}`),
  );
  expect(missing).toEqual([]);
});

test('pages of the package link to nothing that the package lacks', () => {
  const shipped = list(...pages.map((page) => `docs/${page}`)).filter((file) => file.endsWith('.md'));
  expect(shipped).toEqual(expect.arrayContaining(['docs/errors.md', 'docs/containerfiles.md']));
  const outside = shipped
    .flatMap(linksOf)
    .filter(({ path }) => !shipped.includes(path) && normalize(path) !== 'docs/adr');
  expect(outside.map(({ from, path }) => `${from}: ${path}`)).toEqual([]);
});

test('pages that messages name are in the package', () => {
  const sources = list('libs/*/src/*.ts', 'tools/prism/src/*.ts').map(read).join('\n');
  const named = [...sources.matchAll(/node_modules\/prism\/docs\/([\w.-]+\.md)/g)].map(([, page]) => page!);
  expect(named).toContain('errors.md');
  expect(named.filter((page) => !pages.includes(page))).toEqual([]);
  // A message that names a page of this repository means nothing to those who installed the package.
  expect(
    sources.match(/(?<!prism\/)\bdocs\/[\w-]+\.md/g)?.filter((page) => page !== 'docs/errors.md') ?? [],
  ).toEqual([]);
});
