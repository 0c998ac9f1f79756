import { ok, type Result } from '@prism-build/errors';
import type { StackProject } from '../stack/openStack';
import { openJournal } from './journal';
import { recover } from './recover';
import { refuseDeployed } from './refuse';

/**
 * Whether `up` or `restart` may start a stack; finishes or undoes first what a killed `deploy` left. Failures: DEPLOY_RUNS, and
 * those of the audit log.
 */
export async function permitUp(project: StackProject, limit: number): Promise<Result<void>> {
  const journal = await openJournal(project);
  if (!journal.ok || journal.value.history().length === 0) return journal.ok ? ok(undefined) : journal;
  const stopped = new AbortController().signal;
  const operation = { project, journal: journal.value, limit, observe: 0, stopped };
  const recovered = await recover(operation);
  if (!recovered.ok) return recovered;
  process.stdout.write(recovered.value);
  return refuseDeployed(project, journal.value.history());
}
