import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderDocument } from '../src/document';
import { topics } from '../src/explanations';

const root = join(__dirname, '..', '..', '..');
const codes = topics.flatMap((topic) => topic.codes.map(([code]) => code));
const catalogue = join('libs', 'errors', 'src');

const sources = listSources().map((file) => readFileSync(join(root, file), 'utf8'));

/** String and template literals of one line, without comments; `\0` stands for a value of a template. */
function readLiterals(text: string): string[] {
  const code = text.replace(/^\s*(?:\/\/|\/?\*).*$/gm, '');
  const found = code.matchAll(/'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\\n]|\\.)*)`/g);
  return [...found].map(([, single, double, template]) =>
    (single ?? double ?? template!.replace(/\$\{(?:[^{}]|\{[^{}]*\})*\}/g, '\0')).replace(/\\(.)/g, '$1'),
  );
}

function listSources(): string[] {
  const libraries = readdirSync(join(root, 'libs')).map((name) => join('libs', name, 'src'));
  return [...libraries, join('tools', 'prism', 'src')].flatMap((directory) => {
    // Its other files are what is compared with the sources.
    if (directory === catalogue) return [join(catalogue, 'suggest.ts')];
    try {
      const files = readdirSync(join(root, directory), { recursive: true, encoding: 'utf8' });
      return files.filter((file) => /\.(ts|py)$/.test(file)).map((file) => join(directory, file));
    } catch {
      return [];
    }
  });
}

test('docs/errors.md is what the catalogue says', () => {
  expect(readFileSync(join(root, 'docs', 'errors.md'), 'utf8')).toBe(renderDocument());
});

test('a code is in one part of the catalogue only', () => {
  expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([]);
});

test('every code of the catalogue is used in the sources', () => {
  const text = sources.join('\n');
  expect(codes.filter((code) => !text.includes(`'${code}'`))).toEqual([]);
});

test('every example is a message that the sources can make', () => {
  const quote = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const patterns = sources
    .flatMap(readLiterals)
    .map((text) => text.split('\0'))
    // Short words between values match anything.
    .filter((parts) => Math.max(...parts.map((part) => part.trim().length)) >= 7)
    .map((parts) => new RegExp(parts.map(quote).join('[^]+?')));
  const invented = topics.flatMap(({ codes: entries }) =>
    entries.filter(([, { example }]) => !patterns.some((pattern) => pattern.test(example.what))),
  );
  expect(invented.map(([code, { example }]) => `${code}: ${example.what}`)).toEqual([]);
});

test('every entry has causes and ends its sentences', () => {
  const texts = topics.flatMap(({ codes: entries }) =>
    entries.flatMap(([code, { means, causes }]) => [means, ...causes].map((text) => [code, text] as const)),
  );
  expect(texts.filter(([, text]) => !/[.`]$/.test(text))).toEqual([]);
  for (const { codes: entries } of topics)
    for (const [code, { causes }] of entries) expect([code, causes.length > 0]).toEqual([code, true]);
});
