import fc from 'fast-check';
import { parseContainerfile, printContainerfile } from '../src/index';
import { listFailures, parse } from './support';

const fails = (text: string) => listFailures(parseContainerfile(text, 'Containerfile'));
const body = (text: string) => parse(`FROM scratch\n${text}`).stages[0]!.instructions;

test.each([
  ['', ['- CONTAINERFILE_NO_FROM']],
  ['# only\n', ['- CONTAINERFILE_NO_FROM']],
  ['FORM a\n', ['- CONTAINERFILE_NO_FROM', '1 CONTAINERFILE_UNKNOWN_INSTRUCTION']],
  ['RUN x\nFROM a', ['1 CONTAINERFILE_BEFORE_FROM']],
  ['ARG A\nFROM a', []],
  ['FROM', ['- CONTAINERFILE_NO_FROM', '1 CONTAINERFILE_MISSING_ARGUMENT']],
  ['FROM a AS', ['1 CONTAINERFILE_BAD_ARGUMENT']],
  ['FROM a b c', ['1 CONTAINERFILE_BAD_ARGUMENT']],
  ['FROM a AS 1x', ['1 CONTAINERFILE_STAGE_NAME']],
  ['FROM a AS x\nFROM b as X', ['2 CONTAINERFILE_STAGE_DUPLICATE']],
  ['FROM --plattform=x a', ['1 CONTAINERFILE_BAD_FLAG']],
  ['FROM a\nCOPY a', ['2 CONTAINERFILE_MISSING_ARGUMENT']],
  ['FROM a\nCOPY', ['2 CONTAINERFILE_MISSING_ARGUMENT']],
  ['FROM a\nCOPY --from a b', ['2 CONTAINERFILE_BAD_FLAG']],
  ['FROM a\nCOPY --from=x --from=y a b', ['2 CONTAINERFILE_BAD_FLAG']],
  ['FROM a\nCOPY --link=maybe a b', ['2 CONTAINERFILE_BAD_FLAG']],
  [
    'FROM a\nCOPY --chwon=1 --chmdo=2 a',
    ['2 CONTAINERFILE_BAD_FLAG', '2 CONTAINERFILE_BAD_FLAG', '2 CONTAINERFILE_MISSING_ARGUMENT'],
  ],
  ['FROM a\nCOPY [1, "b"]', ['2 CONTAINERFILE_BAD_ARGUMENT']],
  ['FROM a\nENV', ['2 CONTAINERFILE_MISSING_ARGUMENT']],
  ['FROM a\nENV a', ['2 CONTAINERFILE_MISSING_ARGUMENT']],
  ['FROM a\nENV a=1 b', ['2 CONTAINERFILE_BAD_ARGUMENT']],
  ['FROM a\nCMD [ "a" ] # comment', ['2 CONTAINERFILE_BAD_ARGUMENT']],
  ['FROM a\nENTRYPOINT ["a"] CMD ["b"]', ['2 CONTAINERFILE_BAD_ARGUMENT']],
  ['FROM a\nRUN [ "1" ] && x', ['2 CONTAINERFILE_BAD_ARGUMENT']],
  ['FROM a\nVOLUME ["/a"] /b', ['2 CONTAINERFILE_BAD_ARGUMENT']],
  ['FROM a\nENV =1', ['2 CONTAINERFILE_BAD_ARGUMENT']],
  ['FROM a\nARG', ['2 CONTAINERFILE_MISSING_ARGUMENT']],
  ['FROM a\nRUN', ['2 CONTAINERFILE_MISSING_ARGUMENT']],
  ['FROM a\nSHELL bash', ['2 CONTAINERFILE_BAD_ARGUMENT']],
  ['FROM a\nSHELL []', ['2 CONTAINERFILE_BAD_ARGUMENT']],
  ['FROM a\nVOLUME', ['2 CONTAINERFILE_MISSING_ARGUMENT']],
  ['FROM a\nVOLUME [""]', ['2 CONTAINERFILE_MISSING_ARGUMENT']],
  ['FROM a\nHEALTHCHECK', ['2 CONTAINERFILE_MISSING_ARGUMENT']],
  ['FROM a\nHEALTHCHECK NONE x', ['2 CONTAINERFILE_BAD_ARGUMENT']],
  [
    'FROM a\nHEALTHCHECK --retries=x --timeout=5 CMD',
    ['2 CONTAINERFILE_BAD_FLAG', '2 CONTAINERFILE_BAD_FLAG', '2 CONTAINERFILE_MISSING_ARGUMENT'],
  ],
  ['FROM a\nONBUILD', ['2 CONTAINERFILE_MISSING_ARGUMENT']],
  ['FROM a\nONBUILD FROM b', ['2 CONTAINERFILE_BAD_ARGUMENT']],
  ['FROM a\nONBUILD CPY a b', ['2 CONTAINERFILE_UNKNOWN_INSTRUCTION']],
  ['FROM a\nRUN <<EOF\nx', ['2 CONTAINERFILE_HEREDOC_OPEN']],
  ['FROM a\nCOPY x <<EOF\nEOF', ['2 CONTAINERFILE_BAD_ARGUMENT']],
  ['FROM a\nRUN x\0', ['2 CONTAINERFILE_NOT_TEXT']],
  ['FROM a\nLABEL a=\ufffd', ['2 CONTAINERFILE_NOT_TEXT']],
  ['# escape=x\nFROM a', ['1 CONTAINERFILE_BAD_DIRECTIVE']],
  ['# escape=`\n# escape=`\nFROM a', ['2 CONTAINERFILE_BAD_DIRECTIVE']],
  [
    'FROM a\nRUNN x\nCOPY y\n\nEXPSE 1',
    [
      '2 CONTAINERFILE_UNKNOWN_INSTRUCTION',
      '3 CONTAINERFILE_MISSING_ARGUMENT',
      '5 CONTAINERFILE_UNKNOWN_INSTRUCTION',
    ],
  ],
])('%j fails as %j', (text, expected) => {
  expect(fails(text)).toEqual(expected);
});

test('the nearest instruction and flag are suggested', () => {
  const texts = parseContainerfile('FROM a\nENTRYPIONT x\nCOPY --chwon=1 a b', 'f');
  expect(texts.ok ? [] : texts.failures.map(({ what }) => what)).toEqual([
    '"ENTRYPIONT" is not an instruction. Did you mean ENTRYPOINT?',
    'COPY has no flag --chwon. Did you mean --chown?',
  ]);
});

test.each([
  ['CMD ["a", "b"]', { form: 'exec', argv: ['a', 'b'] }],
  ["CMD ['a']", { form: 'shell', script: "['a']" }],
  ['CMD ["a"', { form: 'shell', script: '["a"' }],
  ['CMD ["a",]', { form: 'shell', script: '["a",]' }],
  ['CMD [ -f x ] && y', { form: 'shell', script: '[ -f x ] && y' }],
  ['CMD []', { form: 'exec', argv: [] }],
  ['CMD', { form: 'shell', script: '' }],
  ['CMD ["\\u0041]", "[\\""]', { form: 'exec', argv: ['A]', '["'] }],
  ['cmd echo  "a"   b', { form: 'shell', script: 'echo  "a"   b' }],
])('%s', (text, command) => {
  expect(body(text)[0]).toMatchObject({ keyword: 'CMD', command });
});

test('old and new forms of ENV and LABEL', () => {
  expect(body('ENV a  b "c" \\ d')[0]).toMatchObject({ pairs: [{ name: 'a', value: 'b "c" \\ d' }] });
  expect(body('ENV a=b\\ c d="e f" g=')[0]).toMatchObject({
    pairs: [
      { name: 'a', value: 'b\\ c' },
      { name: 'd', value: '"e f"' },
      { name: 'g', value: '' },
    ],
  });
});

test('the byte order mark, comments and empty lines inside an instruction', () => {
  const file = parse('\ufeffFROM a\nRUN one \\\n  # no\n\n  two \\\n#x\n');
  expect(file.stages[0]!.instructions[0]).toMatchObject({ text: 'RUN one   two', line: 2, endLine: 6 });
  expect(file.warnings).toEqual([{ what: 'An empty line continues an instruction.', line: 4 }]);
});

test('heredocs of RUN and COPY', () => {
  const [run, copy] = body('RUN cat <<A 3<<-"B" | x\n$a\nA\n\tb\n\tB\nCOPY <<x y /z/\n1\nx');
  expect(run).toMatchObject({
    line: 2,
    endLine: 6,
    heredocs: [
      { name: 'A', content: '$a\n', expand: true, stripTabs: false, descriptor: 0 },
      { name: 'B', content: 'b\n', expand: false, stripTabs: true, descriptor: 3 },
    ],
  });
  expect(copy).toMatchObject({ line: 7, endLine: 9, sources: ['y'], destination: '/z/' });
  expect(body('RUN ["<<EOF"]\nUSER x')).toHaveLength(2);
});

test('a health check has its times in nanoseconds', () => {
  expect(body('HEALTHCHECK --interval=1m1.5s --start-period=2h CMD ["x"]')[0]).toMatchObject({
    check: { interval: 61.5e9, startPeriod: 7200e9, timeout: 0, command: { form: 'exec', argv: ['x'] } },
  });
});

test('any text gives a result', () => {
  const parts = fc.constantFrom(
    'FROM a\n',
    'RUN ',
    '<<E',
    '\nE\n',
    '\\\n',
    '"',
    "'",
    '#',
    '[',
    ']',
    '--x=',
    '$',
    'COPY a b',
    '\r\n',
    ' ',
    '=',
    'ONBUILD ',
    '`',
    '# escape=`\n',
  );
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.array(parts).map((each) => each.join('')),
  );
  fc.assert(
    fc.property(text, (each) => {
      const parsed = parseContainerfile(each, 'f');
      expect(parsed.ok || parsed.failures.length > 0).toBe(true);
    }),
    { numRuns: 400 },
  );
});

const words = fc.array(fc.constantFrom('a', '"b c"', '$X', "'d'", 'e=f', '\\ g', 'h#'), {
  minLength: 2,
  maxLength: 4,
});
const gap = fc.constantFrom(' ', '  ', ' \\\n', '\\\n  ', ' \\\n# c\n ', ' \\\n\n ');
const line = fc
  .tuple(fc.constantFrom('RUN', 'COPY', 'env k=v', 'LABEL l=m', 'CMD', 'ONBUILD RUN', 'ARG'), words, gap)
  .map(
    ([keyword, list, blank]) =>
      `${keyword} ${list.map((word) => (/^(env|LABEL)/.test(keyword) ? `x${word}=` : word)).join(blank)}`,
  );
const file = fc.array(fc.tuple(fc.constantFrom('', '\n', '# c\n', '  '), line), { maxLength: 5 });

test('what is printed parses to the same, and lines are right after continuations', () => {
  fc.assert(
    fc.property(file, (lines) => {
      let text = 'FROM scratch AS s\n';
      const starts: number[] = [];
      for (const [before, each] of lines) {
        text += before;
        starts.push(text.split('\n').length);
        text += `${each}\n`;
      }
      const result = parseContainerfile(text, 'f');
      fc.pre(result.ok);
      const first = parse(text);
      expect(first.stages[0]!.instructions.map((each) => each.line)).toEqual(starts);
      const printed = printContainerfile(first);
      expect(printContainerfile(parse(printed))).toBe(printed);
      const strip = (value: unknown) =>
        JSON.parse(JSON.stringify(value, (key, each) => (/line$/i.test(key) ? 0 : each)));
      expect(strip(parse(printed).stages)).toEqual(strip(first.stages));
    }),
    { numRuns: 300 },
  );
});
