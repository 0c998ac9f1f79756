import { type Topic, topics } from './explanations/index';
import { renderFailure } from './render';

const head = `# Errors

Every failure has a code. A message begins with the place and the code, says what happened and what to do, and ends with the
path of its entry here:

\`\`\`
apps/api/Containerfile:3: COPY_SOURCE_MISSING: there is no settings.json to copy
  to do: …
  more: node_modules/prism/docs/errors.md#copy_source_missing
\`\`\`

A line "cause:" in between holds the words of the tool that failed. A report names the entry of each code once. The fixes
below are the general ones: where a message has a more exact one under "to do:", follow that.

This page is generated from the catalogue: \`libs/errors/generate\` writes it, and a test compares the two.
`;

/** docs/errors.md: every code of the catalogue with its meaning, the usual causes, the fix and an example. */
export function renderDocument(): string {
  const contents = topics.map(({ title, codes }) => {
    const links = codes.map(([code]) => `[${code}](#${code.toLowerCase()})`);
    return `- **${title}**: ${links.join(', ')}\n`;
  });
  return [head, contents.join(''), ...topics.map(renderTopic)].join('\n');
}

function renderTopic({ title, codes, fail }: Topic): string {
  const entries = codes.map(([code, { means, causes, example }]) => {
    const { remedy } = fail(code, { what: '' });
    return [
      `### ${code}`,
      means,
      `Usual causes:\n${causes.map((cause) => `- ${cause}`).join('\n')}`,
      `Fix: ${remedy}`,
      `\`\`\`\n${renderFailure(fail(code, example))}\n\`\`\``,
    ].join('\n\n');
  });
  return `${[`## ${title}`, ...entries].join('\n\n')}\n`;
}
