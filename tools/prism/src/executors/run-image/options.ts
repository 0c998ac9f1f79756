import * as z from 'zod';

/** One value or several. Nx parses words that look like numbers as numbers. */
const words = z
  .union([z.array(z.union([z.string(), z.number()])), z.string(), z.number()])
  .transform((value) => (Array.isArray(value) ? value : [value]).map(String));
const commas = z
  .union([z.array(z.union([z.string(), z.number()])), z.string(), z.number()])
  .transform((value) => (Array.isArray(value) ? value : [value]).flatMap((one) => String(one).split(',')));

/** Options of the `run-image` executor. */
export const options = z.object({
  engine: z
    .enum(['auto', 'podman', 'docker'])
    .default('auto')
    .describe('What runs it; PRISM_ENGINE counts where this is auto, then podman, then docker.'),
  prefix: z
    .string()
    .default('')
    .describe('Goes before the project in the name: localhost/<prefix>/<project>.'),
  variant: z.string().optional().describe('The variant of the image; the default image if left out.'),
  name: z
    .string()
    .optional()
    .describe('The name of the container; <prefix>-<project>[-<variant>] if left out.'),
  ports: commas
    .optional()
    .describe(
      'Ports to publish, [address:][host:]container[/protocol], separated by commas; every port of EXPOSE under its own number if left out, none if empty. On loopback where no address is given.',
    ),
  env: z
    .union([z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])), words])
    .default([])
    .describe(
      'Variables: a table, or NAME=value, or NAME alone for the value that this command has. Secrets: NAME or envFile.',
    ),
  envFile: words.default([]).describe('Files of NAME=value lines, relative to the workspace.'),
  volumes: words
    .default([])
    .describe('source:target[:ro]; a source that begins with ./ or ../ is relative to the workspace.'),
  tmpfs: commas.default([]).describe('Directories that are empty and in memory, separated by commas.'),
  user: z
    .union([z.string(), z.number()])
    .transform(String)
    .optional()
    .describe('The user[:group] to run as; that of the image if left out.'),
  readOnly: z.boolean().default(false).describe('Give it a read-only root.'),
  entrypoint: z.string().optional().describe('What to start instead of the ENTRYPOINT of the image.'),
  args: words
    .default([])
    .describe('Arguments of the entrypoint, instead of CMD; once for each, commas are kept.'),
  interactive: z.boolean().default(false).describe('Pass input on, for a shell in a debug image.'),
  stopTimeout: z
    .number()
    .int()
    .min(0)
    .default(4)
    .describe('Seconds that it has for ending once it was asked to; Nx itself waits for five.'),
  dryRun: z.boolean().default(false).describe('Print the command as JSON, without values, and do nothing.'),
});

export type RunOptions = z.infer<typeof options>;
