import * as z from 'zod';
import { list } from '../../signing/reachFields';

/** What `nx release` decided about a project; null if it has no new version. */
const versioned = z.object({ newVersion: z.string().nullable().default(null) });

/** Options of the `release-publish` executor. All others are those of push-manifest of the same image. */
export const options = z.object({
  tags: list('tag rules')
    .default(['{version}', 'latest'])
    .describe(
      'Tags, separated by commas, as those of push-manifest. A prerelease gets only those with {version}.',
    ),
  tag: z
    .string()
    .min(1)
    .optional()
    .describe('The tag beside those with {version}, also of a prerelease: `nx release publish --tag=next`.'),
  registry: z
    .string()
    .optional()
    .describe('Where to push, instead of what push-manifest says: `nx release publish --registry=…`.'),
  nxReleaseVersionData: z
    .record(z.string(), versioned)
    .optional()
    .describe('The new versions by project, which `nx release` passes; from the tags of git if left out.'),
  dryRun: z.boolean().default(false).describe('Print the plan as JSON; judge and send nothing.'),
});

export type PublishOptions = z.infer<typeof options>;
