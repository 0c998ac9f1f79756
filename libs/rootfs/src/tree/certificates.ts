import { type Node, readContent, type Tree } from '@prism-build/assemble';

const directory = 'usr/share/ca-certificates/';

/** The path where programs on Debian look for the bundle. */
export const bundlePath = 'etc/ssl/certs/ca-certificates.crt';

/** The bundle that update-ca-certificates makes of the files of ca-certificates, in the order of their names. */
export function bundleCertificates(tree: Tree): Node | undefined {
  const certificates = [...tree]
    .filter(([path, node]) => path.startsWith(directory) && path.endsWith('.crt') && node.type === 'file')
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, node]) => (node.type === 'file' ? readContent(node.content).toString('latin1') : ''));
  if (certificates.length === 0) return undefined;
  const text = certificates.map((one) => (one.endsWith('\n') ? one : `${one}\n`)).join('');
  const bytes = Buffer.from(text, 'latin1');
  return { type: 'file', mode: 0o644, uid: 0, gid: 0, content: { kind: 'bytes', bytes } };
}
