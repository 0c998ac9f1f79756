type Argv = [string, ...string[]];

/** Nothing may reach the network or a database that nobody checked. */
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
 * Lists what an OCI image layout with one platform holds. Needs no database. `layout` is relative: Trivy takes what follows
 * `:` and `@` in a path for a tag and a digest.
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
