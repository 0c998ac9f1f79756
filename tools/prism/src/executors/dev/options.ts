import * as z from 'zod';
import { options as runOptions } from '../run-image/options';

/** Options of the `dev` executor: those of a run, and when it is ready. */
export const options = runOptions.omit({ interactive: true, dryRun: true }).extend({
  probe: z
    .string()
    .min(1)
    .optional()
    .describe(
      'How the component shows that it is ready, on its own port: grpc://127.0.0.1:50100[/service] or http://127.0.0.1:8080/health. That of bench if left out, else a connection to its first port.',
    ),
  timeout: z.number().positive().default(30).describe('Seconds for becoming ready.'),
  test: z.boolean().default(false).describe('Run the target test of the project after each change.'),
  idle: z
    .number()
    .min(0)
    .default(5)
    .describe(
      'Seconds without a change until the image is built in the background, and its digest printed; 0 for never.',
    ),
});
