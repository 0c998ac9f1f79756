import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { root } from './workspace';

const lines = z.array(z.string());
/** Lines of standard output, for all platforms or for each one. */
const output = z.union([lines, z.record(z.string(), lines)]);

/**
 * expected.json of an example: the properties of its image, and the output of its containers. docs/examples.md lists
 * the fields.
 */
const expectation = z
  .strictObject({
    platforms: z.literal('host').optional(),
    labels: z.record(z.string(), z.string()).optional(),
    base: z.string().optional(),
    sharedLayers: z.number().int().positive().optional(),
    registry: z.record(z.string(), z.string()).optional(),
    runs: z
      .array(
        z.strictObject({
          args: z.array(z.string()).default([]),
          status: z.number().int().default(0),
          sorted: z.boolean().default(false),
          output,
        }),
      )
      .default([]),
    service: z.array(z.strictObject({ exec: z.array(z.string()).min(1), output })).default([]),
  })
  .refine(({ runs, service }) => runs.length + service.length > 0, 'an example expects some output');

export interface Example {
  readonly name: string;
  readonly expected: z.infer<typeof expectation>;
}

export const examplesDirectory = join(root, 'examples');

/** Every directory below examples/. Fails for one without expected.json. */
export function readExamples(): Example[] {
  return readdirSync(examplesDirectory, { withFileTypes: true })
    .filter(
      (entry) => entry.isDirectory() && existsSync(join(examplesDirectory, entry.name, 'Containerfile')),
    )
    .map(({ name }) => {
      const text = readFileSync(join(examplesDirectory, name, 'expected.json'), 'utf8');
      const parsed = expectation.safeParse(JSON.parse(text));
      if (!parsed.success)
        throw new Error(`examples/${name}/expected.json: ${z.prettifyError(parsed.error)}`);
      return { name, expected: parsed.data };
    });
}

/** The lines that are expected on a platform. */
export function linesFor(expected: z.infer<typeof output>, platform: string): readonly string[] {
  const found = Array.isArray(expected) ? expected : expected[platform];
  if (!found) throw new Error(`nothing is expected for ${platform}`);
  return found;
}
