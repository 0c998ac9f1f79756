import * as z from 'zod';

/** Options of the `base` generator; schema/base.json is made from it. */
export const baseOptions = z.strictObject({
  name: z
    .string()
    .describe('What the base is called: containerfiles/<name>, and the project base-<name>.')
    .meta({
      $default: { $source: 'argv', index: 0 },
      'x-prompt': 'What shall the base be called?',
    }),
  packages: z
    .string()
    .default('')
    .describe('Debian packages that it is made of, separated by commas; besides certificates and time zones.')
    .meta({ 'x-prompt': 'Which Debian packages, separated by commas?' }),
  suite: z.string().default('bookworm').describe('The release of Debian.'),
  entrypoint: z
    .string()
    .optional()
    .describe('The program that images on it start, such as /usr/bin/node; none if left out.'),
});

export type BaseOptions = z.infer<typeof baseOptions>;
