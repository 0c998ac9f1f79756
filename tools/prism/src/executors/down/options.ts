import * as z from 'zod';

/** Options of the `down` executor. */
export const options = z.object({
  volumes: z.boolean().default(false).describe('Remove the volumes of claims too, with their files.'),
  grace: z.number().int().min(0).default(30).describe('Seconds that containers have for ending.'),
});
