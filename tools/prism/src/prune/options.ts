import * as z from 'zod';

/** Options of the `prune` generator; schema/prune.json is made from it. */
export const pruneOptions = z.object({
  keep: z
    .union([z.string(), z.number()])
    .transform(String)
    .default('14d')
    .describe(
      'How much unused data to keep: bytes for the whole store (500MB, 2GB) or a time since the last use (36h, 14d).',
    ),
  engine: z
    .enum(['auto', 'podman', 'docker', 'none'])
    .default('auto')
    .describe('Where to look for images and containers of ours; none leaves engines alone.'),
  json: z.boolean().default(false).describe('Print the plan as one line of JSON; with --quiet nothing else.'),
});
