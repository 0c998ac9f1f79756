import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { languages, parsePin, pinOfReference } from '../src/index';

test.each(languages)('the pin of $title can be read, and is what the plugin ships', ({ name, toolchain }) => {
  const file = join(__dirname, '../../../containerfiles', toolchain.builder, 'pin.json');
  const pin = parsePin(readFileSync(file, 'utf8'), file);
  expect(pin).toEqual({ ok: true, value: toolchain.shipped });
  expect(toolchain.shipped.language).toBe(name);
});

test.each([
  ['{', expect.stringContaining('JSON')],
  ['null', 'it needs "language" and "version"'],
  ['[]', 'it needs "language" and "version"'],
  ['{"language":"go","version":1.26}', 'it needs "language" and "version"'],
  [
    '{"language":"c","version":"1","wheels":{"amd64":"sha256:12"}}',
    '"wheels" maps architectures to digests: "amd64": "sha256:…"',
  ],
  ['{"language":"go","version":"1","packages":{"a":1}}', '"packages" maps package names to versions'],
])('the pin %s is invalid, and its file is named', (text, why) => {
  const pin = parsePin(text, 'b/pin.json');
  expect(pin).toMatchObject({
    ok: false,
    failures: [{ code: 'PIN_INVALID', why, at: { file: 'b/pin.json' } }],
  });
});

test.each([
  ['golang:1.26.8', { language: 'go', version: '1.26.8' }],
  ['docker.io/library/golang:1.26.8-bookworm', { language: 'go', version: '1.26.8' }],
  ['python:3.11.2-slim', { language: 'python', version: '3.11.2' }],
  [`docker.io/library/rust:1.96.0@sha256:${'a'.repeat(64)}`, { language: 'rust', version: '1.96.0' }],
])('%s is a pin', (reference, expected) => {
  expect(pinOfReference(reference)).toMatchObject(expected);
});

test.each(['golang', 'golang:latest', 'golang:1.26', 'mygolang:1.26.8', 'golang:1.26.8@sha256:12'])(
  '%s pins nothing',
  (reference) => {
    expect(pinOfReference(reference)).toBeUndefined();
  },
);
