import * as z from 'zod';

const targets = z.string().regex(/^[\w:-]+(,[\w:-]+)*$/, 'must be names of targets, separated by commas');

/** Options of the `ci` generator; schema/ci.json is made from it. */
export const ciOptions = z.strictObject({
  provider: z
    .enum(['github', 'gitlab'])
    .default('github')
    .describe('Where the workflow runs.')
    .meta({ 'x-prompt': { message: 'Where does it run?', type: 'list', items: ['github', 'gitlab'] } }),
  branch: z
    .string()
    .regex(/^[\w./-]+$/, 'must be the name of a branch')
    .optional()
    .describe('The main branch; defaultBase of nx.json, or main, if left out.'),
  unit: targets.default('test').describe('Targets of the unit tier: they need no container engine.'),
  integration: targets
    .default('e2e')
    .describe('Targets of the integration tier: they find the images in Podman.'),
  released: z
    .string()
    .regex(/^[\w./-]+$/, 'must be a path in the workspace')
    .optional()
    .describe(
      'A file with released images by digest, one a line: also writes a workflow that scans them every day (GitHub).',
    ),
  project: z
    .string()
    .regex(/^[\w@./-]+$/, 'must be the name of a project')
    .optional()
    .describe('The project whose policy judges the released images; required with released.'),
  node: z
    .string()
    .regex(/^\d+(\.\d+)*$/, 'must be a version')
    .default('22')
    .describe('The version of Node.'),
});

export type CiOptions = z.infer<typeof ciOptions>;
