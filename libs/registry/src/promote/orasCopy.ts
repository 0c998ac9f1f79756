import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Destination } from '../push/destination';
import { type Connection, mayUseHttp } from '../push/pushCalls';
import { formatReference, type Reference } from '../reference';

type Argv = readonly [string, ...string[]];

/**
 * The call of oras that copies a manifest and all of its referrers. `image` has a digest. It tries only one of TLS and HTTP: TLS with
 * a CA, unless the registry is one of `plain`.
 */
export function orasCopy(
  oras: string,
  image: Reference,
  from: Connection,
  to: Destination,
  toConnection: Connection,
  plain: ReadonlySet<string> = new Set(),
): Argv {
  return [
    oras,
    'copy',
    '--recursive',
    '--no-tty',
    ...orasReach('from', from, image, plain.has(image.registry)),
    ...orasReach('to', toConnection, to, plain.has(to.registry)),
    formatReference(image),
    `${to.registry}/${to.repository}`,
  ];
}

/** Options of oras that say how to reach one side. */
function orasReach(
  side: 'from' | 'to',
  connection: Connection,
  image: Reference,
  plain: boolean,
): readonly string[] {
  const { authFile } = connection;
  const certDir = plain ? undefined : connection.certDir;
  const files = (
    [
      ['ca-file', 'ca.crt'],
      ['cert-file', 'client.cert'],
      ['key-file', 'client.key'],
    ] as const
  )
    .map(([option, name]) => ({ option, file: join(certDir ?? '', name) }))
    .filter(({ file }) => certDir !== undefined && existsSync(file));
  return [
    ...(files.length === 0 && mayUseHttp(connection, image) ? [`--${side}-plain-http`] : []),
    ...files.map(({ option, file }) => `--${side}-${option}=${file}`),
    ...(authFile === undefined ? [] : [`--${side}-registry-config=${authFile}`]),
  ];
}
