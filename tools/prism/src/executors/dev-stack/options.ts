import * as z from 'zod';
import { options as devOptions } from '../dev/options';

const { idle } = devOptions.shape;

/** Options of the `dev-stack` executor. */
export const options = z.object({
  timeout: z.number().positive().default(60).describe('Seconds until every probe must have answered.'),
  idle,
  test: z.boolean().default(false).describe('Run the target test of each component after its changes.'),
});
