// The graph that Nx gives to a batch executor.
'use strict';

/** `dependencies` has the tasks, `<project>:<target>`, that each task waits for. */
exports.makeTaskGraph = (dependencies) => {
  const ids = Object.keys(dependencies);
  const toTask = (id) => {
    const [project, target] = id.split(':');
    return [id, { id, target: { project, target } }];
  };
  return {
    roots: ids.filter((id) => dependencies[id].length === 0),
    tasks: Object.fromEntries(ids.map(toTask)),
    dependencies,
    continuousDependencies: Object.fromEntries(ids.map((id) => [id, []])),
  };
};
