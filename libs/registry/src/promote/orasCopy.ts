import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Destination } from '../push/destination';
import { type Connection, mayUseHttp } from '../push/pushCalls';
import { formatReference, type Reference } from '../reference';

type Argv = readonly [string, ...string[]];

/** The call of oras that copies a manifest and all of its referrers. `image` has a digest. */
export function orasCopy(
  oras: string,
  image: Reference,
  from: Connection,
  to: Destination,
  toConnection: Connection,
): Argv {
  return [
    oras,
    'copy',
    '--recursive',
    '--no-tty',
    ...orasReach('from', from, image),
    ...orasReach('to', toConnection, to),
    formatReference(image),
    `${to.registry}/${to.repository}`,
  ];
}

/** Options of oras that say how to reach one side. With a CA it uses TLS, because it tries only one of both. */
function orasReach(side: 'from' | 'to', connection: Connection, image: Reference): readonly string[] {
  const { certDir, authFile } = connection;
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
