import * as z from 'zod';

/** A list, or a text with commas, as it comes from the command line. */
export const list = (what: string) =>
  z.union([z.array(z.string()), z.string().transform((text) => text.split(',').filter(Boolean))], {
    error: `expected ${what}, as a list or as a text with commas`,
  });

/** The option that says who must have signed an image that moves. */
export const signerField = {
  key: z
    .string()
    .min(1)
    .optional()
    .describe(
      'The key that must have signed the image: a file with a public key relative to the workspace, env://VARIABLE, or the URI of a KMS.',
    ),
};

/** The options that say how to reach a registry. */
export const reachFields = {
  allowHttp: list('hosts')
    .default([])
    .describe('Registries, as host[:port], that may speak HTTP without TLS. Loopback always may.'),
  certDir: z
    .string()
    .optional()
    .describe(
      'A directory with ca.crt, and client.cert and client.key if the registry wants them, relative to the workspace.',
    ),
  timeout: z.number().positive().default(1800).describe('Seconds for one upload, all platforms together.'),
  retries: z
    .int()
    .min(0)
    .max(20)
    .default(4)
    .describe(
      'How often to repeat what failed by a broken connection, 429 or 5xx; pauses grow from one second.',
    ),
};
