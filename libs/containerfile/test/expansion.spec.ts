import { lexWords } from '../src/index';
import { fixture } from './support';

interface Row {
  readonly input: string;
  readonly error?: boolean;
  readonly text?: string;
  readonly words?: readonly string[];
}

/** Recorded from the Go code of BuildKit 0.17 and, where it accepts the text and differs, of Podman 4.3's builder. */
const { env, rows }: { env: Record<string, string>; rows: Row[] } = JSON.parse(fixture('expansion.json'));
const variables = new Map(Object.entries(env));

test.each(rows)('$input', ({ input, error, text, words }) => {
  const lexed = lexWords(input, variables);
  expect(lexed.problem !== undefined).toBe(error === true);
  if (error) return;
  expect(lexed.text).toBe(text);
  if (words) expect(lexed.words).toEqual(words);
});

test('the message of the operator :? reaches the reader', () => {
  expect(lexWords(`\${X:?set $HOME}`, variables).problem).toBe('X: set /root');
  expect(lexWords(`\${X?}`, variables).problem).toBe('X: is not allowed to be unset');
});

test('the content of a heredoc keeps its quotes', () => {
  expect(lexWords('a="$HOME" \'$HOME\'\n', variables, { literalQuotes: true }).text).toBe(
    'a="/root" \'/root\'\n',
  );
});
