import { shellFailure } from '@prism-build/errors';
import { describeFailure, parseReference } from '@prism-build/registry';
import { readIndex, readManifestFile } from '../src/readIndex';
import { skopeo } from '../src/skopeo';

const image = (text: string) => {
  const parsed = parseReference(text);
  if (!parsed.ok) throw new Error(text);
  return parsed.value;
};
const oci = 'application/vnd.oci.image.manifest.v1+json';
const docker = 'application/vnd.docker.distribution.manifest.v2+json';

test('argument vectors', () => {
  expect(skopeo.manifest(image('debian:12'))).toEqual([
    'skopeo',
    'inspect',
    '--raw',
    'docker://docker.io/library/debian:12',
  ]);
  expect(skopeo.config(image('127.0.0.1:5000/a:1'))).toContain('--tls-verify=false');
  expect(skopeo.copy(image('quay.io/a:1'), oci, '/d').slice(4)).toEqual([
    '--dest-shared-blob-dir',
    '/d/blobs',
    'docker://quay.io/a:1',
    'oci:/d/layout',
  ]);
  expect(skopeo.copy(image('localhost:1/a:1'), docker, '/d').slice(4)).toEqual([
    '--src-tls-verify=false',
    'docker://localhost:1/a:1',
    'dir:/d/layout',
  ]);
});

test.each([
  ['reading manifest 2 in quay.io/a: manifest unknown: manifest unknown', 'IMAGE_GONE'],
  ['reading manifest 2: unauthorized: authentication required', 'REGISTRY_DENIED'],
  ['requested access to the resource is denied', 'REGISTRY_DENIED'],
  ['pinging container registry x: dial tcp 1.2.3.4:443: connect: connection refused', 'REGISTRY_UNREACHABLE'],
  ['dial tcp: lookup nohost.invalid: no such host', 'REGISTRY_UNREACHABLE'],
  ['http: server gave HTTP response to HTTPS client', 'REGISTRY_UNREACHABLE'],
  ['x509: certificate signed by unknown authority', 'REGISTRY_UNREACHABLE'],
  ['Digest did not match, expected sha256:a, got sha256:b', 'IMAGE_ALTERED'],
  ['something new', 'REGISTRY_FAILED'],
])('%s is %s', (message, code) => {
  const why = `time="2026" level=fatal msg="Error \\"a\\": ${message}"`;
  const failure = describeFailure(image('quay.io/a:2'), shellFailure('COMMAND_FAILED', { what: 'w', why }));
  expect(failure.code).toBe(code);
  expect(failure.why).toBe(`Error "a": ${message}`);
  expect(failure.what).toContain('quay.io/a:2');
});

const digest = `sha256:${'1'.repeat(64)}`;
const bytes = (value: unknown) => Buffer.from(JSON.stringify(value));

test('platforms of an index in our words; attestations are none', () => {
  const manifests = [
    { mediaType: oci, digest, size: 1, platform: { os: 'linux', architecture: 'arm64', variant: 'v8' } },
    { mediaType: oci, digest, size: 1, platform: { os: 'unknown', architecture: 'unknown' } },
    { mediaType: oci, digest, size: 1 },
  ];
  const index = readIndex(bytes({ schemaVersion: 2, manifests }), 'x');
  expect(index.ok && index.value.kind === 'index' && [...index.value.manifests.keys()]).toEqual([
    'linux/arm64',
  ]);
});

test('layers of Docker have the names of the image spec, and others are refused', () => {
  const config = { mediaType: 'c', digest, size: 1 };
  const layer = (mediaType: string) => ({ mediaType, digest, size: 1 });
  const read = (mediaType: string) =>
    readManifestFile(bytes({ mediaType: docker, config, layers: [layer(mediaType)] }), 'x');
  const good = read('application/vnd.docker.image.rootfs.diff.tar.gzip');
  expect(good.ok && good.value.layers[0]!.mediaType).toBe('application/vnd.oci.image.layer.v1.tar+gzip');
  const bad = read('application/vnd.docker.image.rootfs.foreign.diff.tar.gzip');
  expect(bad.ok || bad.failures[0]!.code).toBe('IMAGE_UNREADABLE');
  expect(readIndex(bytes({ errors: [] }), 'x').ok).toBe(false);
});
