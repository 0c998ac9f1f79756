import * as z from 'zod';

/** Options of the `load-image` executor. */
export const options = z.object({
  engine: z
    .enum(['auto', 'podman', 'docker'])
    .default('auto')
    .describe('Where to load into; PRISM_ENGINE counts where this is auto, then podman, then docker.'),
  prefix: z
    .string()
    .default('')
    .describe('Goes before the project in the name: localhost/<prefix>/<project>.'),
  variant: z.string().optional().describe('The variant of the image; the default image if left out.'),
  allPlatforms: z
    .boolean()
    .default(false)
    .describe("Load every platform, not only the host's; others are tagged latest-<architecture>."),
  dryRun: z.boolean().default(false).describe('Print the commands as JSON and do nothing.'),
});
