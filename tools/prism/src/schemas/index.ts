import * as z from 'zod';
import { buildOptions } from '../build/options';
import { doctorOptions } from '../doctor/options';
import { baseOptions } from '../generate/base/options';
import { ciOptions } from '../generate/ci/options';
import { componentOptions } from '../generate/component/options';
import { initOptions } from '../generate/init/options';
import { pluginOptions } from '../generate/plugin/options';
import { loadOptions } from '../load/options';
import { lockOptions } from '../lock/options';
import { materializeOptions } from '../materialize/options';
import { pruneOptions } from '../prune/options';
import { runOptions } from '../run/options';

const executors = {
  build: buildOptions,
  'load-image': loadOptions,
  'run-image': runOptions,
  materialize: materializeOptions,
  lock: lockOptions,
  prune: pruneOptions,
  doctor: doctorOptions,
  plugin: pluginOptions,
  component: componentOptions,
  base: baseOptions,
  init: initOptions,
  ci: ciOptions,
};

/** schema/<executor>.json by name: what Nx validates and shows, made from the one source in zod. */
export function schemas(): Record<string, string> {
  return Object.fromEntries(Object.entries(executors).map(([name, schema]) => [name, encode(name, schema)]));
}

function encode(name: string, schema: z.ZodType): string {
  // Input side: what a person may write, defaults left out.
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return `${JSON.stringify({ $schema: 'https://json-schema.org/schema', $id: name, version: 2, ...json }, null, 2)}\n`;
}
