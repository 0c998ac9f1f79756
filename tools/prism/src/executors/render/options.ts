import * as z from 'zod';

/** Options of the `render` executor. */
export const options = z.object({
  format: z
    .enum(['podman', 'kubernetes'])
    .default('podman')
    .describe('What to render for: `podman kube play`, or Kubernetes.'),
  registry: z
    .string()
    .optional()
    .describe('Where Kubernetes finds the images, host[:port]/path; the name of the project goes behind it.'),
  output: z
    .string()
    .optional()
    .describe('The file to write, relative to the workspace; printed if left out.'),
});
