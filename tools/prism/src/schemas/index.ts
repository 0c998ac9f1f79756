import { buildOptions } from '@prism-build/builder';
import * as z from 'zod';
import { doctorOptions } from '../doctor/options';
import { loadOptions } from '../executors/load-image/options';
import { materializeOptions } from '../executors/materialize/options';
import { runOptions } from '../executors/run-image/options';
import { baseOptions } from '../generate/base/options';
import { ciOptions } from '../generate/ci/options';
import { componentOptions } from '../generate/component/options';
import { initOptions } from '../generate/init/options';
import { pluginOptions } from '../generate/plugin/options';
import { lockOptions } from '../lock/options';
import { pruneOptions } from '../prune/options';

const executors = {
  build: buildOptions,
  'load-image': loadOptions,
  'run-image': runOptions,
  materialize: materializeOptions,
};

const generators = {
  lock: lockOptions,
  prune: pruneOptions,
  doctor: doctorOptions,
  plugin: pluginOptions,
  component: componentOptions,
  base: baseOptions,
  init: initOptions,
  ci: ciOptions,
};

/**
 * schema/<name>.json by name: what Nx reads and editors show, made from the one source in zod. `describe` gives what
 * the lists of executors and generators say of one.
 */
export function schemas(describe: (name: string) => string): Record<string, string> {
  const print = (name: string, schema: JsonSchema) => encode(name, describe(name), schema);
  return {
    ...mapValues(executors, (schema, name) => print(name, withoutVerdict(toSchema(schema)))),
    ...mapValues(generators, (schema, name) => print(name, toSchema(schema))),
  };
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
