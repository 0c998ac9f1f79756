import * as z from 'zod';

/** Nx parses words that look like numbers as numbers. */
const quantity = z.union([z.string(), z.number()]).transform(String).optional();

/** Options of the `bench` executor. */
export const options = z.object({
  variant: z.string().optional().describe('The variant of the image; the default image if left out.'),
  sizesOnly: z
    .boolean()
    .default(false)
    .describe('Judge the budgets of size from digest.json alone: nothing runs, and no report is written.'),
  maxSize: quantity.describe(
    'Budget of each platform, uncompressed, as in 10 MB; none for no budget. Default: 10 MB for Go, 6 MB for Rust, 45 MB for Python, for default images only.',
  ),
  maxGrowth: quantity.describe(
    'Budget of the growth since the image that `against` names, as in 5 % or 500 kB.',
  ),
  maxStartup: quantity.describe(
    'Budget of the time to ready: above the floor, as in 20 ms, or as a ratio to it, as in 8 x. Default: 20 ms for Go, 10 ms for Rust, 500 ms for Python.',
  ),
  maxMemory: quantity.describe(
    'Budget of the memory (PSS) of the component once it is ready, as in 10 MB. Default: 10 MB for Go.',
  ),
  probe: z
    .string()
    .min(1)
    .optional()
    .describe(
      'How the component shows that it is ready: grpc://127.0.0.1:50100[/service], http://127.0.0.1:8080/health, log:<regular expression>, command:<of sh on this machine>, or exit.',
    ),
  env: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String))
    .default({})
    .describe('Variables for the component that is measured.'),
  files: z
    .record(z.string(), z.string().min(1))
    .default({})
    .describe(
      'Files for the component that is measured: the path in the image, and the file of the workspace that is there, as in {"/etc/api.yaml": "api/bench.yaml"}.',
    ),
  args: z.array(z.string()).default([]).describe('Arguments of its entrypoint, instead of CMD.'),
  where: z
    .enum(['both', 'bare', 'container'])
    .default('both')
    .describe('Start it without an engine (bare), in a container of Podman, or both in turns.'),
  runs: z
    .int()
    .min(3)
    .max(1000)
    .default(11)
    .describe('Measured starts on each side, after two that are not counted.'),
  timeout: z.number().positive().default(30).describe('Seconds for becoming ready.'),
  again: z
    .boolean()
    .default(false)
    .describe('Measure starts again, although they are stored for this image and machine.'),
  against: z
    .string()
    .min(1)
    .optional()
    .describe(
      'The image to compare with: a digest.json or report.json, a commit or tag of git, merge-base, or an image of a registry.',
    ),
  format: z
    .enum(['text', 'markdown', 'json'])
    .default('text')
    .describe('Form of the result; markdown is for a comment on a pull request.'),
  output: z
    .string()
    .min(1)
    .optional()
    .describe('Also write the result to this file, relative to the workspace; {image} in it is replaced.'),
});

export type BenchOptions = z.infer<typeof options>;
