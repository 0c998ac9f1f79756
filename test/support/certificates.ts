import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Files of a certificate authority, and of the certificates that it has signed. */
export interface Certificates {
  readonly ca: string;
  readonly caKey: string;
  readonly server: string;
  readonly serverKey: string;
  /** A directory as `--cert-dir` of containers tools wants it, without and with the certificate of a client. */
  readonly trusting: string;
  readonly identified: string;
}

/** Makes a certificate authority, a server's certificate for these names, and a client's, by openssl. */
export function makeCertificates(directory: string, names: readonly string[]): Certificates {
  mkdirSync(directory, { recursive: true });
  const path = (file: string) => join(directory, file);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: directory, stdio: 'pipe' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl(
    'req',
    '-x509',
    ...key,
    '-keyout',
    'ca.key',
    '-out',
    'ca.crt',
    '-days',
    '2',
    '-subj',
    '/CN=prism test CA',
  );
  for (const [file, extension] of [
    ['server', `subjectAltName=${names.map((name) => `DNS:${name}`).join()}\nextendedKeyUsage=serverAuth`],
    ['client', 'extendedKeyUsage=clientAuth'],
  ] as const) {
    openssl('req', ...key, '-keyout', `${file}.key`, '-out', `${file}.csr`, '-subj', `/CN=${file}`);
    writeFileSync(path(`${file}.ext`), extension);
    const by = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial'];
    openssl(
      'x509',
      '-req',
      '-in',
      `${file}.csr`,
      ...by,
      '-days',
      '2',
      '-extfile',
      `${file}.ext`,
      '-out',
      `${file}.crt`,
    );
  }
  for (const kind of ['trusting', 'identified']) {
    mkdirSync(path(kind), { recursive: true });
    copyFileSync(path('ca.crt'), join(path(kind), 'ca.crt'));
  }
  copyFileSync(path('client.crt'), join(path('identified'), 'client.cert'));
  copyFileSync(path('client.key'), join(path('identified'), 'client.key'));
  return {
    ca: path('ca.crt'),
    caKey: path('ca.key'),
    server: path('server.crt'),
    serverKey: path('server.key'),
    trusting: path('trusting'),
    identified: path('identified'),
  };
}
