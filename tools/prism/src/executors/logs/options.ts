import * as z from 'zod';

/** Options of the `logs` executor. */
export const options = z.object({
  follow: z.boolean().default(false).describe('Go on until stopped, with what the containers print.'),
  container: z.string().optional().describe('The name of one container in stack.yaml; all if left out.'),
  tail: z.number().int().min(0).optional().describe('The last lines of each container; all if left out.'),
});
