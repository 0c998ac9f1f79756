import { makeVerifyPolicySchema } from '@prism-build/attestation';
import { makeBenchReportSchema } from '@prism-build/measure';
import { makePolicySchema, makeReportSchema } from '@prism-build/policy';
import * as z from 'zod';
import { auditOptions } from '../audit/options';
import { benchReportOptions } from '../benchReport/options';
import { doctorOptions } from '../doctor/options';
import { baseOptions } from '../generate/base/options';
import { ciOptions } from '../generate/ci/options';
import { componentOptions } from '../generate/component/options';
import { initOptions } from '../generate/init/options';
import { pluginOptions } from '../generate/plugin/options';
import { lockOptions } from '../lock/options';
import { pruneOptions } from '../prune/options';
import { type Executor, releaseTargetName } from '../table/executor';

const generators = {
  lock: lockOptions,
  prune: pruneOptions,
  audit: auditOptions,
  'bench-report': benchReportOptions,
  doctor: doctorOptions,
  plugin: pluginOptions,
  component: componentOptions,
  base: baseOptions,
  init: initOptions,
  ci: ciOptions,
};

/** Options of executors by name, as zod has them. */
export type ExecutorOptions = Readonly<Record<string, z.ZodType>>;

/**
 * schema/<name>.json by name: what Nx reads and editors show, made from the one source in zod. `describe` gives the
 * description of an executor or a generator.
 */
export function printSchemas(
  options: ExecutorOptions,
  describe: (name: string) => string,
): Record<string, string> {
  const print = (name: string, schema: JsonSchema) => encode(name, describe(name), schema);
  return {
    ...mapValues(options, (schema, name) => print(name, withoutVerdict(toSchema(schema)))),
    ...mapValues(generators, (schema, name) => print(name, toSchema(schema))),
  };
}

/** Schemas of files for people and other programs, by name; they are part of the package. */
export function printFileSchemas(): Record<string, string> {
  const print = (title: string, schema: object) => `${JSON.stringify({ title, ...schema }, null, 2)}\n`;
  return {
    'bench-report': print('report.json of nx bench', makeBenchReportSchema()),
    'scan-policy': print('scan-policy.json', makePolicySchema()),
    'verify-policy': print('verify-policy.json', makeVerifyPolicySchema()),
    'scan-report': print('nx scan --format=json', makeReportSchema()),
  };
}

/**
 * Entries of executors.json. Nx takes the names behind `#` from load.cjs, which finds them here: `loadImage` and
 * `loadImageBatch` for `load-image`.
 */
export function listExecutors(executors: readonly Executor[]): Record<string, unknown> {
  return Object.fromEntries(
    executors.map(({ name, description, batch }) => {
      const exported = name.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());
      const entry = {
        implementation: `../load.cjs#${exported}`,
        ...(batch && { batchImplementation: `../load.cjs#${exported}Batch`, preferBatch: true }),
        schema: `../schema/${name}.json`,
        description,
      };
      return [name, entry];
    }),
  );
}

/** docs/options.md: the options of all executors and generators as tables. */
export function printOptions(
  options: ExecutorOptions,
  describe: (name: string) => string,
  executors: readonly Executor[],
): string {
  const rows = executors.map(({ name, target, stackTarget, releaseTarget, description }) => {
    const own = releaseTarget ? releaseTargetName : name;
    const targets = target || stackTarget || releaseTarget ? [own] : ['compile', 'build-image', 'rootfs'];
    return `| \`prism:${name}\` | ${targets.map((one) => `\`${one}\``).join(', ')} | ${toCell(description)} |`;
  });
  const sections = (kind: string, all: ExecutorOptions) =>
    Object.entries(all).map(
      ([name, schema]) => `### ${kind}${name}\n\n${toCell(describe(name))}\n\n${tableOf(toSchema(schema))}`,
    );
  return [
    '# Options of executors and generators',
    'Made by `tools/prism/generate-schemas` from the sources of the options; do not edit.',
    '## Executors',
    '`npx nx <target> <project> --help` prints the options of a target.',
    ['| executor | target | what it does |', '|---|---|---|', ...rows].join('\n'),
    ...sections('prism:', options),
    '## Generators',
    ...sections('nx g prism:', generators),
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n');
}

function tableOf({ properties = {} }: JsonSchema): string {
  const rows = Object.entries(properties).map(([name, value]) => {
    const { description = '', default: ifLeftOut } = value as JsonSchema;
    const shown = ifLeftOut === undefined ? '' : `\`${JSON.stringify(ifLeftOut)}\``;
    return `| \`${name}\` | ${shown} | ${toCell(description)} |`;
  });
  if (rows.length === 0) return 'No options.';
  return ['| option | default | meaning |', '|---|---|---|', ...rows].join('\n');
}

/** Text in a cell of a table of Markdown. */
function toCell(text: string): string {
  return text
    .split(/(`[^`]*`)/)
    .map((part) => (part.startsWith('`') ? part : part.replaceAll('<', '&lt;')))
    .join('')
    .replaceAll('|', '\\|');
}

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** Input side: what a person may write, defaults left out. */
function toSchema(schema: z.ZodType): JsonSchema {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return json;
}

const anything: JsonSchema[] = [
  { type: ['string', 'number', 'boolean'] },
  { type: 'array' },
  { type: 'object' },
];

/**
 * Editors judge as before and Nx no longer: a value that it refuses ends the process, with all tasks of the batch
 * and a trace for a message. Of `anyOf` and what stands beside it Nx only asks for the former.
 */
function withoutVerdict({ required: _, ...schema }: JsonSchema): JsonSchema {
  const properties = mapValues(schema.properties ?? {}, (property) => {
    const { anyOf, ...rest } = property as JsonSchema;
    return { ...rest, ...(anyOf && { allOf: [{ anyOf }] }), anyOf: anything };
  });
  return { ...schema, properties };
}

function mapValues<T, U>(
  values: Record<string, T>,
  change: (value: T, name: string) => U,
): Record<string, U> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value, name)]));
}

function encode(name: string, description: string, schema: JsonSchema): string {
  const about = { $schema: 'https://json-schema.org/schema', $id: name, version: 2, description };
  return `${JSON.stringify({ ...about, ...schema }, null, 2)}\n`;
}
