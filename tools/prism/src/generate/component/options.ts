import * as z from 'zod';

/** Options of the `component` generator; schema/component.json is made from it. */
export const componentOptions = z.strictObject({
  directory: z
    .string()
    .describe('The directory of a program in Go, Rust, Python or Node, relative to the workspace.')
    .meta({
      $default: { $source: 'argv', index: 0 },
      'x-prompt': 'Which directory holds the program?',
    }),
  main: z
    .string()
    .optional()
    .describe(
      'Which program, where there are several: a package of Go, a binary of Cargo, a module, a script.',
    ),
  ports: z
    .string()
    .optional()
    .describe('Ports for EXPOSE, separated by commas; those that the sources name if left out.'),
});
