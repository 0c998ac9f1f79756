import * as z from 'zod';

/** Options of the `doctor` generator; schema/doctor.json is made from it. */
export const doctorOptions = z.object({
  settings: z
    .boolean()
    .default(false)
    .describe("Show ADR-049's settings for containers.conf, with a word on what each gives away."),
  write: z
    .boolean()
    .default(false)
    .describe("Write those of them that weaken no isolation into a drop-in of the user's containers.conf.d."),
  fix: z
    .boolean()
    .default(false)
    .describe(
      'Show the commands that install what is missing, or make a machine of Podman where there is none; then run them. Changes nothing that exists.',
    ),
  json: z
    .boolean()
    .default(false)
    .describe('Print everything as one line of JSON; with --quiet nothing else.'),
});
