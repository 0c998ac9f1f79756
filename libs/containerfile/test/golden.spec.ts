import { contextSources } from '../src/index';
import { fixture, resolve } from './support';

const cases = ['go-service', 'node-app', 'python-asgi', 'windows-line-ends', 'backtick', 'arguments'];

/** One line for each instruction, so that a changed golden reads well. */
function summarise(text: string) {
  const resolution = resolve(text, { buildArgs: { NODE_VERSION: '22', UNUSED: 'x', http_proxy: 'p' } });
  const { stages, needed, usedBuildArgs, undeclaredBuildArgs, warnings } = resolution;
  return {
    needed,
    usedBuildArgs,
    undeclaredBuildArgs,
    warnings,
    context: contextSources(needed.map((index) => stages[index]!)).map((each) => JSON.stringify(each)),
    stages: stages.map(({ instructions, baseEnv: _, ...stage }) => ({
      ...stage,
      instructions: instructions.map(({ keyword, line, endLine, text: __, ...rest }) =>
        [`${line}-${endLine} ${keyword}`, JSON.stringify(rest)].join(' '),
      ),
    })),
  };
}

test.each(cases)('%s resolves as written down', (name) => {
  expect(summarise(fixture(`containerfiles/${name}`))).toMatchSnapshot();
});
