import { parseContainerfile } from '../src/index';
import { listFailures, parse } from './support';

/** Of the last instruction: `name` of each heredoc, `-` before one that strips tabs, `'` before one that is literal. */
function heredocs(...lines: string[]): string[] {
  const last = parse(['FROM a', ...lines].join('\n')).stages[0]!.instructions.at(-1)!;
  const inner = last.keyword === 'ONBUILD' ? last.trigger : last;
  const found = 'heredocs' in inner ? inner.heredocs : [];
  return found.map(({ name, expand, stripTabs }) => `${stripTabs ? '-' : ''}${expand ? '' : "'"}${name}`);
}

// The lines of BuildKit's parser_heredoc_test.go, and others: both engines share this lexer.
test.each([
  ['RUN <<EOF', ['EOF']],
  ['RUN << EOF', ['EOF']],
  ['RUN <<  EOF  > foo', ['EOF']],
  ['RUN cat <<\tEOF', ['EOF']],
  ['RUN <<-EOF', ['-EOF']],
  ["RUN cat << 'EOF' | sh", ["'EOF"]],
  ["RUN <<eo'f'", ["'eof"]],
  ["RUN <<eo\\'f", ["eo'f"]],
  ["RUN <<'one two'", ["'one two"]],
  ['RUN 3<< EOF', ['EOF']],
  ['RUN cat << A <<-B', ['A', '-B']],
  ['ONBUILD RUN cat << EOF', ['EOF']],
  ['RUN --mount=type=tmpfs,target=/x <<EOF', ['EOF']],
  ['COPY <<a.txt <<b.txt /d/', ['a.txt', 'b.txt']],
  ['ADD <<EOF /d', ['EOF']],
])('%s announces %j', (line, names) => {
  const ends = names.map((name) => name.replace(/^-?'?/, ''));
  expect(heredocs(line, ...ends)).toEqual(names);
});

test.each([
  // A blank behind <<- is not seen by the engines' lexer; the shell would take it.
  'RUN cat <<- EOF',
  'RUN cat <<<EOF',
  'RUN cat <<< EOF',
  'RUN cat <<<"$(x)"',
  'RUN echo "<<EOF"',
  "RUN echo 'a << EOF'",
  'RUN echo \\<<EOF',
  'RUN echo $((1<<2))',
  'RUN echo $((1<< 2))',
  'RUN echo a<<EOF',
  'RUN cat <<A<<B',
  'RUN ["<<EOF"]',
  'RUN cat <<EOF && echo "open',
  'CMD cat <<EOF',
  'ENV A=<<EOF',
])('%s announces none', (line) => {
  expect(heredocs(line)).toEqual([]);
});

test('a shift behind a blank is a heredoc for both engines, and the failure says what to write', () => {
  const shift = parseContainerfile('FROM a\nRUN echo $((1 << 2))\n', 'F');
  expect(listFailures(shift)).toEqual(['2 CONTAINERFILE_HEREDOC_OPEN']);
  expect(!shift.ok && shift.failures[0]!.remedy).toContain('$((1<<2))');
});

test('COPY takes what stands behind a blank for a file, and says so', () => {
  const text = 'FROM a\nCOPY << EOF /d\nx\nEOF\n';
  expect(listFailures(parseContainerfile(text, 'F'))).toEqual(['2 CONTAINERFILE_BAD_ARGUMENT']);
});

test('the end of a heredoc may have tabs before it with <<- only, and a carriage return always', () => {
  const content = (...lines: string[]) => {
    const last = parse(['FROM a', ...lines].join('\n')).stages[0]!.instructions.at(-1)!;
    return 'heredocs' in last && last.heredocs.map((one) => one.content);
  };
  expect(content('RUN <<-EOF', '\ta', '\tEOF')).toEqual(['a\n']);
  expect(content('RUN <<EOF', '\tEOF', 'EOF')).toEqual(['\tEOF\n']);
  expect(content('RUN <<EOF', 'a\r', 'EOF\r')).toEqual(['a\r\n']);
});
