import * as z from 'zod';

/** Options of the `render` executor. */
export const options = z.object({
  format: z
    .enum(['podman', 'kubernetes', 'kustomize', 'quadlet', 'compose'])
    .default('podman')
    .describe(
      'What to render for: `podman kube play`, Kubernetes, a base and overlays of kustomize for both, units of Quadlet for systemd, or Docker Compose.',
    ),
  registry: z
    .string()
    .optional()
    .describe(
      'Where the images are, host[:port]/path; the name of the project goes behind it. Left out, quadlet and compose name the loaded images.',
    ),
  validate: z
    .boolean()
    .default(false)
    .describe(
      'Give the form to the programs that read it strictly, as far as they are installed, and write nothing that they refuse.',
    ),
  output: z
    .string()
    .optional()
    .describe(
      'The file to write, or the directory for kustomize, quadlet and compose, relative to the workspace; one file is printed if left out.',
    ),
});
