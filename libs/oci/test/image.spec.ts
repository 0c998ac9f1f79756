import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  buildImage,
  canonicalJson,
  encodeDigestJson,
  type Json,
  makeDigestJsonSchema,
  type PlatformInput,
  parseDigestJson,
} from '../src/index';
import { AMD64, ARM64, codesOf, good, makeImage, makeStore, removeDirectories } from './images';

afterAll(removeDirectories);

test('a fixed image has a fixed digest and a fixed digest.json', async () => {
  const { built } = await makeImage(await makeStore());
  expect(built.digestJson.index.digest).toBe(
    'sha256:a380952a8665c708de59e959baf0ebd76b2974fd8d24fa240275c9d47d5dd43a',
  );
  expect(Buffer.from(encodeDigestJson(built.digestJson)).toString()).toMatchSnapshot();
});

test('the order of platforms never counts, and a platform is named once', () => {
  const inputs: PlatformInput[] = [AMD64, ARM64, { os: 'linux', architecture: 'arm', variant: 'v7' }].map(
    (platform) => ({ platform, settings: {}, layers: [] }),
  );
  expect(good(buildImage([...inputs].reverse()))).toEqual(good(buildImage(inputs)));
  expect(codesOf(buildImage([...inputs, inputs[0]!]))).toEqual(['PLATFORM_DUPLICATE']);
  expect(codesOf(buildImage([]))).toEqual(['IMAGE_INPUT_INVALID']);
});

test('the config is the one of the specification', () => {
  const settings = {
    user: '1:1',
    env: ['B=2', 'A=1'],
    cmd: ['x'],
    exposedPorts: ['80/tcp'],
    volumes: ['/data'],
    workingDir: '/w',
    stopSignal: 'SIGINT',
    labels: { z: '1' },
  };
  const { blobs } = good(buildImage([{ platform: AMD64, settings, layers: [] }]));
  expect(Buffer.from(blobs[0]!.bytes).toString()).toBe(
    '{"architecture":"amd64","config":{"Cmd":["x"],"Env":["B=2","A=1"],"ExposedPorts":{"80/tcp":{}},' +
      '"Labels":{"z":"1"},"StopSignal":"SIGINT","User":"1:1","Volumes":{"/data":{}},"WorkingDir":"/w"},' +
      '"created":"1970-01-01T00:00:00Z","history":[],"os":"linux","rootfs":{"diff_ids":[],"type":"layers"}}',
  );
});

test('a history that does not fit the layers is refused', () => {
  const input = { platform: AMD64, settings: {}, layers: [], history: [{ createdBy: 'COPY a /' }] };
  expect(codesOf(buildImage([input]))).toEqual(['IMAGE_INPUT_INVALID']);
});

test('digest.json is read back, and what is not one is refused by name', async () => {
  const { built } = await makeImage(await makeStore());
  const text = Buffer.from(encodeDigestJson(built.digestJson)).toString();
  expect(good(parseDigestJson(text, 'f'))).toEqual(built.digestJson);
  expect(codesOf(parseDigestJson(text.replace('"schemaVersion": 1', '"schemaVersion": 2'), 'f'))).toEqual([
    'DIGEST_JSON_UNSUPPORTED',
  ]);
  for (const bad of ['', '{', 'null', '[]', '{}', text.replace('sha256:', 'sha512:'), text.slice(0, -3)]) {
    expect(codesOf(parseDigestJson(bad, 'f'))).toEqual(['DIGEST_JSON_INVALID']);
  }
});

test('digest.schema.json is fresh (UPDATE_SCHEMA=1 writes it)', () => {
  const file = join(__dirname, '..', 'digest.schema.json');
  const text = `${canonicalJson(makeDigestJsonSchema() as Json, 2)}\n`;
  if (process.env.UPDATE_SCHEMA) writeFileSync(file, text);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(JSON.parse(text));
});

test('canonical JSON sorts by code unit and leaves out what is undefined', () => {
  expect(canonicalJson({ b: 1, a: [{ d: null, c: undefined }], Z: 'ü', ['__proto__']: 1 })).toBe(
    '{"Z":"ü","__proto__":1,"a":[{"d":null}],"b":1}',
  );
});
