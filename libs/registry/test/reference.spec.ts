import { formatReference, parseReference } from '@prism-build/registry';
import { isLoopback } from '../src/reference';

const hex = 'a'.repeat(64);
const full = (text: string) => {
  const parsed = parseReference(text);
  return parsed.ok ? formatReference(parsed.value) : parsed.failures[0]!.code;
};

test.each([
  ['debian', 'docker.io/library/debian:latest'],
  ['debian:12', 'docker.io/library/debian:12'],
  ['team/app:1.2-rc_3', 'docker.io/team/app:1.2-rc_3'],
  ['docker.io/debian:12', 'docker.io/library/debian:12'],
  ['quay.io/a/b/c', 'quay.io/a/b/c:latest'],
  ['localhost/a', 'localhost/a:latest'],
  ['127.0.0.1:5000/a/b:1', '127.0.0.1:5000/a/b:1'],
  ['[::1]:5000/a:1', '[::1]:5000/a:1'],
  ['registry:5000/a', 'registry:5000/a:latest'],
  ['Registry/a', 'Registry/a:latest'],
  [`debian:12@sha256:${hex}`, `docker.io/library/debian@sha256:${hex}`],
  [`quay.io/a@sha256:${hex}`, `quay.io/a@sha256:${hex}`],
])('%s is %s', (text, name) => {
  expect(full(text)).toBe(name);
  // A name in full stays what it is.
  expect(full(name)).toBe(name);
});

test.each([
  '',
  'Upper',
  'a//b',
  '-a',
  'a:',
  'a:b:c',
  'quay.io/',
  'a@sha256:abc',
  'a@sha512:00',
  'a b',
  '--help',
  'quay.io:x/a',
  '$A',
])('%j is refused', (text) => {
  expect(full(text)).toBe('REFERENCE_INVALID');
});

test('only this very machine is loopback', () => {
  const loopback = (registry: string) => isLoopback({ registry, repository: 'a', tag: 'b' });
  expect(['localhost', 'localhost:5000', '127.0.0.1:1', '127.9.8.7', '[::1]:5'].every(loopback)).toBe(true);
  expect(['localhost.example.org', '127.0.0.1.example.org', '10.0.0.1', '[::2]'].some(loopback)).toBe(false);
});
