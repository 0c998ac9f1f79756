import * as z from 'zod';

/** Options of the `audit` generator; schema/audit.json is made from it. */
export const auditOptions = z.object({
  last: z.int().nonnegative().default(20).describe('How many records to print, the latest last.'),
  head: z
    .string()
    .regex(/^\d+:sha256:[0-9a-f]{64}$/, 'must be <number>:sha256:<64 hexadecimal digits>')
    .optional()
    .describe('A record that the log must hold, as receipts name it: <number>:<digest>.'),
  export: z
    .enum(['csv', 'cloudevents'])
    .optional()
    .describe('Write all records in this format instead of a table.'),
  output: z
    .string()
    .optional()
    .describe('The file of the export, relative to the workspace; standard output if left out.'),
  json: z
    .boolean()
    .default(false)
    .describe('Print the result as one line of JSON; with --quiet nothing else.'),
});

export type AuditOptions = z.infer<typeof auditOptions>;
