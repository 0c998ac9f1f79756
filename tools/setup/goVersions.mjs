// Fails if images would be compiled from other versions of Go modules than tests: an image has the versions that its module's
// go.mod selects, tests have those of go.work, and it selects the highest that any of its modules asks for.
import { execFileSync } from 'node:child_process';

const go = (args, env = {}, cwd = '.') =>
  execFileSync('go', args, { cwd, env: { ...process.env, ...env }, encoding: 'utf8' });

const { Use: used } = JSON.parse(go(['work', 'edit', '-json']));
const format = '{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}}{{end}}{{end}}';
const found = used.flatMap(({ DiskPath: directory }) => {
  const list = (env) =>
    new Set(go(['list', '-deps', '-test', '-f', format, './...'], env, directory).split('\n'));
  const [alone, together] = [list({ GOWORK: 'off' }), list()];
  // Alone, the workspace's modules are modules like others.
  const differs = [...alone].filter((one) => !together.has(one) && !one.startsWith('prism.internal/'));
  return differs.map((one) => `${directory}/go.mod selects ${one}, go.work does not`);
});
if (found.length > 0) {
  console.error(found.join('\n'));
  console.error('to do: go work sync, then GOWORK=off go mod tidy in each of these directories');
  process.exitCode = 1;
}
