export type Argv = [string, ...string[]];

/** Forbids network access and downloads of other databases. */
const offline = [
  '--skip-db-update',
  '--skip-java-db-update',
  '--offline-scan',
  '--skip-version-check',
  '--disable-telemetry',
  '--cache-backend=memory',
  '--quiet',
];

/**
 * Lists the content of an OCI image layout with one platform. Needs no database. `layout` is relative: Trivy parses
 * `:` and `@` in a path as the start of a tag or digest.
 */
export function inventoryArgv(binary: string, layout: string, output: string, cacheDirectory: string): Argv {
  return [
    binary,
    'image',
    `--input=${layout}`,
    `--cache-dir=${cacheDirectory}`,
    ...offline,
    '--scanners=',
    '--format=cyclonedx',
    `--output=${output}`,
  ];
}

/**
 * Trivy's rules, also for files that it leaves out by default as likely to hold examples: tests, documentation, and
 * directories of systems and languages.
 */
export const secretConfig = [
  'disable-allow-rules:',
  ...['tests', 'examples', 'vendor', 'usr-dirs', 'locale-dir', 'markdown'],
  ...['node.js', 'golang', 'python', 'rubygems', 'wordpress', 'anaconda'],
].join('\n  - ');

/** Searches the files of a layout for secrets. Needs no database. `layout` is as of `inventoryArgv`. */
export function secretsArgv(
  binary: string,
  layout: string,
  config: string,
  output: string,
  cacheDirectory: string,
): Argv {
  return [
    binary,
    'image',
    `--input=${layout}`,
    `--cache-dir=${cacheDirectory}`,
    ...offline,
    '--scanners=secret',
    `--secret-config=${config}`,
    '--format=json',
    `--output=${output}`,
  ];
}

/** Matches an inventory against the database below `cacheDirectory`. */
export function matchArgv(binary: string, bom: string, output: string, cacheDirectory: string): Argv {
  return [
    binary,
    'sbom',
    `--cache-dir=${cacheDirectory}`,
    ...offline,
    '--scanners=vuln',
    '--list-all-pkgs',
    '--format=json',
    `--output=${output}`,
    bom,
  ];
}

export function versionArgv(binary: string): Argv {
  return [binary, '--version'];
}
