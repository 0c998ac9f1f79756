import type { ExecutorContext } from '@nx/devkit';
import { ok, type Result } from '@prism-build/errors';
import { targetName } from '@prism-build/workspace';
import { openSiblings } from '../../nx/openSiblings';
import { parseOptions } from '../../nx/parseOptions';
import { options as pushOptions } from '../push-manifest/options';
import { pushStep } from '../push-manifest/pushStep';
import type { ScanShared } from '../scan/scanStep';
import { buildLeftOut } from './buildLeftOut';
import type { PublishOptions } from './options';
import { readReleasedVersion } from './readReleasedVersion';
import { releaseTags } from './releaseTags';

/** Pushes all images of a project under the version of its release; nothing if the release does not contain it. */
export async function publishStep(
  project: string,
  options: PublishOptions,
  context: ExecutorContext,
  shared: ScanShared,
): Promise<Result<string>> {
  const { nxReleaseVersionData: decided, registry, dryRun } = options;
  const version = decided
    ? ok(decided[project]?.newVersion ?? undefined)
    : await readReleasedVersion(project, context);
  if (!version.ok) return version;
  if (version.value === undefined) return ok(`  ${project} has no new version; nothing is pushed\n`);
  const built = await buildLeftOut(project, context);
  if (!built.ok) return built;
  const tags = releaseTags(options.tags, options.tag, version.value);
  const given = { tags, imageVersion: version.value, dryRun, ...(registry !== undefined && { registry }) };
  const targets = context.projectsConfigurations?.projects[project]?.targets;
  const printed: string[] = [];
  for (const variant of [undefined, ...openSiblings(context).variantsOf(project)]) {
    const name = targetName('push-manifest', variant);
    const declared = { ...targets?.[name]?.options, ...given };
    const parsed = parseOptions(pushOptions, declared, `${project}:${name}`);
    if (!parsed.ok) return parsed;
    const pushed = await pushStep(project, name, parsed.value, context, shared);
    if (!pushed.ok) return pushed;
    printed.push(pushed.value);
  }
  return ok(printed.join(''));
}
