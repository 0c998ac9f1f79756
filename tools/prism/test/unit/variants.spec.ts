import { findVariants, type VariantOptions } from '../../src/inference/read/variants';
import { resolveText } from '../support/readComponent';

const options: VariantOptions = {
  names: ['debug', 'regular'],
  declared: undefined,
  targets: {},
  target: undefined,
};
const find = (text: string, more: Partial<VariantOptions> = {}) => {
  const found = findVariants(resolveText(text), 'Containerfile', { ...options, ...more });
  if (!found.ok) throw new Error(found.failures.map(({ what }) => what).join('\n'));
  return found.value.map(({ name, stage }) => `${name}=${stage}`);
};

test.each([
  ['a stage of the name', 'FROM a AS debug\nFROM scratch\n', ['debug=debug']],
  ['both', 'FROM a AS regular\nFROM regular AS debug\nFROM scratch\n', ['regular=regular', 'debug=debug']],
  ['names are matched without case', 'FROM a AS Debug\nFROM scratch\n', ['debug=debug']],
  ['the last stage is the default image', 'FROM a AS regular\nFROM scratch AS debug\n', ['regular=regular']],
  ['what the image starts from is a part of it', 'FROM a AS debug\nFROM debug\n', []],
  ['what it copies from', 'FROM a AS debug\nFROM scratch\nCOPY --from=debug /x /\n', []],
  ['by index', 'FROM a AS debug\nFROM scratch\nCOPY --from=0 /x /\n', []],
  ['on a way round', 'FROM a AS debug\nFROM debug AS b\nFROM scratch\nCOPY --from=b /x /\n', []],
  ['what only a variant uses', 'FROM a AS base\nFROM base AS debug\nFROM scratch\n', ['debug=debug']],
  ['other names', 'FROM a AS test\nFROM scratch\n', []],
  ['a default image that cannot be read', 'FROM a AS debug\nFROM scratch\nCOPY --from=7 a /\n', []],
  ['a file that cannot be read', 'FROM a AS debug\nCOPI\n', []],
])('%s', (_what, text, expected) => {
  expect(find(text)).toEqual(expected);
});

const three = 'FROM a AS debug\nFROM a AS tools\nFROM scratch\nCOPY x /\n';

test.each<[string, Partial<VariantOptions>, string[]]>([
  ['switched off', { declared: false }, []],
  ['on', { declared: true }, ['debug=debug']],
  ['a list replaces what is inferred', { declared: ['tools'] }, ['tools=tools']],
  ['a table names stages', { declared: { slim: 'tools' } }, ['slim=tools']],
  ['an empty list', { declared: [] }, []],
  ['names of the plugin', { names: ['tools'] }, ['tools=tools']],
  ['no names', { names: [] }, []],
  ['a target with a stage', { targets: { t: { stage: 'tools' } } }, ['debug=debug', 't=tools']],
  ['a target without one', { targets: { tools: {} } }, ['debug=debug', 'tools=tools']],
  ['a target of one that is inferred', { targets: { debug: {} } }, ['debug=debug']],
  ['a target when off', { declared: false, targets: { tools: {} } }, ['tools=tools']],
  ['another stage for an inferred name', { targets: { debug: { stage: 'tools' } } }, ['debug=tools']],
  ['--stage makes another stage the default image', { target: 'debug' }, []],
])('%s', (_what, more, expected) => {
  expect(find(three, more)).toEqual(expected);
});

test.each(['blobs', 'digest.json', 'a/b', '..', 'A', '', '-a', `a${'b'.repeat(63)}`])(
  'a variant cannot be called %j',
  (name) => {
    const found = findVariants(resolveText(three), 'svc/Containerfile', { ...options, declared: [name] });
    expect(found).toMatchObject({ ok: false, failures: [{ code: 'OPTIONS_INVALID' }] });
  },
);
