// What `npm test` runs, as commands of nx, and what runs beside what.

const otherLanguages = ['tag:go', 'tag:python', 'tag:rust'];
const quick = {
  targets: ['format', 'types', 'imports', 'unused', 'schemas', 'test'],
  exclude: otherLanguages,
  parallel: 3,
};

/**
 * Stages of lanes of commands: the lanes of a stage run at the same time, and the commands of a lane one after another.
 * `component` and `e2e` use both cores, but wait for containers too; a lane of single commands fits beside them. `ready`
 * measures milliseconds, so nothing else may run.
 */
const stages = [
  [[quick]],
  [
    [{ targets: ['component'], projects: ['prism'], streams: true }],
    [
      { targets: ['component'], exclude: ['prism'] },
      { targets: ['protocol', 'gofmt', 'rustfmt', 'vet'] },
      { targets: ['test'], projects: ['tag:go', 'tag:python'], exclude: ['tag:tiers'] },
      // The last tier of the plugins contains the others.
      { targets: ['test-integration'] },
    ],
  ],
  [
    [{ targets: ['e2e'], streams: true }],
    // Clippy compiles what the tests in Rust then only run.
    [{ targets: ['clippy'] }, { targets: ['test'], projects: ['tag:rust'] }, { targets: ['clones'] }],
  ],
  [[{ targets: ['ready'], streams: true }]],
];

/** All names of targets, for a message. */
export const targetNames = [...new Set(stages.flat(2).flatMap(({ targets }) => targets))];

/** The stages with only these targets; `quick` is one, and nothing named means all. */
export function chooseStages(names) {
  if (names.length === 0) return stages;
  const only = (command) => {
    const all = command === quick && names.includes('quick');
    return { ...command, targets: command.targets.filter((target) => all || names.includes(target)) };
  };
  return stages.map((lanes) =>
    lanes.map((lane) => lane.map(only).filter(({ targets }) => targets.length > 0)),
  );
}

/** The arguments of nx. What does not stream prints at its end, so that lanes do not mix. */
export function toArguments({ targets, projects = [], exclude = [], parallel = 1, streams = false }) {
  return [
    'run-many',
    `--targets=${targets.join(',')}`,
    ...(projects.length > 0 ? [`--projects=${projects.join(',')}`] : []),
    ...(exclude.length > 0 ? [`--exclude=${exclude.join(',')}`] : []),
    `--parallel=${parallel}`,
    '--nxBail=false',
    `--output-style=${streams ? 'stream-without-prefixes' : 'static'}`,
  ];
}
