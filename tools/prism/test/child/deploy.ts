// Deploys a version of a stack and kills itself in the middle of one of the changes that Podman makes for it. Its command of
// Podman may outlive it, as after any SIGKILL.
import { engineRun } from '@prism-build/builder';
import { ok } from '@prism-build/errors';
import { withLock } from '@prism-build/shell';
import { directoriesOf } from '@prism-build/workspace';
import { deploy } from '../../src/deployment/deploy';
import { openJournal } from '../../src/deployment/journal';
import { forgetOld } from '../../src/deployment/keepImages';
import { recover } from '../../src/deployment/recover';
import { planVersion } from '../../src/deployment/version';
import { openStack, type StackProject } from '../../src/stack/openStack';
import type { ResolvedImage } from '../../src/stack/resolveImages';

interface Job {
  readonly root: string;
  readonly owner: string;
  readonly image: ResolvedImage;
  /** The change, counted from 0, and the milliseconds that it gets; absent: it is not killed. */
  readonly kill?: { readonly change: number; readonly after: number };
}

const changes = /^podman (tag|rmi|pod stop|pod rm|kube play|volume create|volume rm) /;

async function main({ root, owner, image, kill }: Job): Promise<void> {
  const directories = directoriesOf(root, process.env);
  const run = engineRun(directories);
  let count = 0;
  const call: typeof run = (command) => {
    const running = run(command);
    if (changes.test(command.argv.join(' ')) && count++ === kill?.change)
      setTimeout(() => process.kill(process.pid, 'SIGKILL'), kill.after);
    return running;
  };
  const lock = `${root}/.prism/locks/stack-shop.lock`;
  const project: StackProject = {
    project: 'shop',
    owner,
    file: 'deploy/shop/stack.yaml',
    directories,
    call,
    lock,
  };
  const done = await withLock(lock, async () => {
    const journal = await openJournal(project);
    if (!journal.ok) return journal;
    const stopped = new AbortController().signal;
    const operation = { project, journal: journal.value, limit: 20_000, observe: 100, stopped };
    const recovered = await recover(operation);
    if (!recovered.ok) return recovered;
    const opened = await openStack(project);
    if (!opened.ok) return opened;
    const version = await planVersion(project, opened.value, [image]);
    if (!version.ok) return version;
    const request = { version: version.value, gate: async () => ok(undefined), beside: true };
    const served = await deploy(operation, request);
    if (served.ok) await forgetOld(project, journal.value, 2);
    return served.ok ? ok(`${recovered.value}changes ${count}\n`) : served;
  });
  process.stdout.write(done.ok ? done.value : JSON.stringify(done.failures));
  process.exitCode = done.ok ? 0 : 1;
}

void main(JSON.parse(process.argv[2]!) as Job);
