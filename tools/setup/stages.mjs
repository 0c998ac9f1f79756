// What `npm test` runs, as commands of nx, and what runs beside what.
import { join } from 'node:path';

/** Not a command of nx: installs what all stages but the first need. Most of it is waiting for the network. */
const install = { targets: [], program: join(import.meta.dirname, 'install'), args: ['test'] };

const otherLanguages = ['tag:go', 'tag:python', 'tag:rust'];
const quick = {
  targets: ['format', 'types', 'imports', 'unused', 'schemas', 'test'],
  exclude: otherLanguages,
  parallel: 3,
};

/**
 * Stages of lanes of commands: the lanes of a stage run at the same time, and the commands of a lane one after another.
 * `component` and `e2e` both change the networks of the machine's engines (e2e starts Docker), so they do not run at the same
 * time. A lane beside each needs no engine. `ready` measures milliseconds, so nothing else may run.
 */
const stages = [
  [[quick], [install]],
  [
    [{ targets: ['component'], projects: ['prism'], streams: true }],
    [
      { targets: ['component'], exclude: ['prism'] },
      { targets: ['protocol', 'go-versions', 'gofmt', 'rustfmt', 'vet'] },
      { targets: ['test'], projects: ['tag:go', 'tag:python'], exclude: ['tag:tiers'] },
      // The last tier of the plugins contains the others.
      { targets: ['test-integration'] },
    ],
  ],
  [
    [{ targets: ['e2e'], streams: true }],
    [
      // Clippy compiles what the tests in Rust then only run.
      { targets: ['clippy'] },
      { targets: ['test'], projects: ['tag:rust'] },
      { targets: ['clones'] },
    ],
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
  const chosen = stages.map((lanes) =>
    lanes.map((lane) => lane.map(only).filter(({ targets }) => targets.length > 0)),
  );
  const needsMore = chosen.slice(1).flat(2).length > 0;
  return needsMore ? [[...chosen[0], [install]], ...chosen.slice(1)] : chosen;
}

/** The arguments of nx. Lanes do not mix: what streams has its project before each line, and the rest prints at its end. */
export function toArguments({ targets, projects = [], exclude = [], parallel = 1, streams = false }) {
  return [
    'run-many',
    `--targets=${targets.join(',')}`,
    ...(projects.length > 0 ? [`--projects=${projects.join(',')}`] : []),
    ...(exclude.length > 0 ? [`--exclude=${exclude.join(',')}`] : []),
    `--parallel=${parallel}`,
    '--nxBail=false',
    `--output-style=${streams ? 'stream' : 'static'}`,
  ];
}
