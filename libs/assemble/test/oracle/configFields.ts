const NAMES = [
  'User',
  'ExposedPorts',
  'Env',
  'Entrypoint',
  'Cmd',
  'Volumes',
  'WorkingDir',
  'Labels',
  'StopSignal',
  'Healthcheck',
  'Shell',
  'OnBuild',
];

interface Config {
  readonly architecture: string;
  readonly os: string;
  readonly variant?: string;
  readonly author?: string;
  readonly config?: Readonly<Record<string, unknown>>;
}

/** What a container is started with, from an OCI or Docker configuration: null, empty and absent mean the same. */
export function describeConfig(text: string): Map<string, string> {
  const config = JSON.parse(text) as Config;
  const fields = new Map<string, string>([
    ['config.platform', [config.os, config.architecture, config.variant].filter(Boolean).join('/')],
  ]);
  if (config.author) fields.set('author', config.author);
  for (const name of NAMES) {
    const value = config.config?.[name];
    if (isEmpty(value)) continue;
    fields.set(`config.${name}`, JSON.stringify(sortKeys(value)));
  }
  return fields;
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

function sortKeys(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
