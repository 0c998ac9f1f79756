import { type Assessment, decide, type Finding, readSuppressions, type SuppressionFile } from '../src';
import { resolve } from './policies';

const now = Date.parse('2026-11-28T12:00:00Z');
const digest = `sha256:${'a'.repeat(64)}`;
const manifest = `sha256:${'c'.repeat(64)}`;

const finding: Finding = {
  ...{ id: 'CVE-1', package: 'net', installed: 'v1.0.0', fixed: '2', severity: 'HIGH', kind: 'gobinary' },
  ...{ path: 'usr/bin/app', title: '', purl: 'pkg:golang/golang.org/x/net@v1.0.0' },
};
const image: Assessment = {
  ...{ platform: 'linux/amd64', digest, manifest },
  facts: {
    ...{ user: '1', env: [], labels: {}, ports: [], declaredPorts: [], bases: [] },
    files: { setuid: [], worldWritable: [], shells: [], packageManagers: [], binaries: {} },
  },
  scan: { ok: true, findings: [finding], packages: 1, gaps: [], databaseTime: now },
};

function judge(...files: SuppressionFile[]) {
  const read = readSuppressions(files);
  if (!read.ok)
    throw new Error(read.failures.map(({ at, what }) => `${at?.file}:${at?.line}: ${what}`).join('\n'));
  return decide([image], { ...resolve({}), suppressions: read.value }, now);
}

const ignore = (...lines: string[]): SuppressionFile => ({
  ...{ format: 'trivyignore', file: '.trivyignore.yaml' },
  text: ['vulnerabilities:', ...lines, ''].join('\n'),
});

describe('.trivyignore.yaml', () => {
  test.each<[string, string[], string]>([
    ['an advisory', ['  - id: CVE-1'], 'allow'],
    ['another', ['  - id: CVE-2'], 'block'],
    ['a path', ['  - id: CVE-1', '    paths: [usr/bin/app]'], 'allow'],
    ['a pattern', ['  - id: CVE-1', '    paths: ["usr/**"]'], 'allow'],
    ['one of the paths', ['  - id: CVE-1', '    paths: [x, /usr/bin/app]'], 'allow'],
    ['another path', ['  - id: CVE-1', '    paths: [bin/app]'], 'block'],
    ['a package', ['  - id: CVE-1', '    purls: ["pkg:golang/golang.org/x/net"]'], 'allow'],
    ['a version', ['  - id: CVE-1', '    purls: ["pkg:golang/golang.org/x/net@v1.0.0"]'], 'allow'],
    ['another version', ['  - id: CVE-1', '    purls: ["pkg:golang/golang.org/x/net@v1.0.1"]'], 'block'],
    [
      'a path and another package',
      ['  - id: CVE-1', '    paths: [usr/bin/app]', '    purls: ["pkg:golang/x"]'],
      'block',
    ],
    ['an end in the future', ['  - id: CVE-1', '    expired_at: 2026-11-29', '    statement: fine'], 'allow'],
    ['an end that is over', ['  - id: CVE-1', '    expired_at: 2026-11-28'], 'block'],
    ['an end in an hour', ['  - id: CVE-1', '    expired_at: 2026-11-28T13:00:00Z'], 'allow'],
  ])('%s', (_, lines, expected) => {
    expect(judge(ignore(...lines)).verdict).toBe(expected);
  });

  test('an entry that is over is a reason of its own, and one that matches nothing is reported', () => {
    const decision = judge(ignore('  - id: CVE-1', '    expired_at: 2026-11-01', '  - id: CVE-2'));
    expect(decision.reasons.map(({ kind }) => kind).sort()).toEqual(['expired', 'finding']);
    expect(decision.unused.map(({ at }) => at)).toEqual([{ file: '.trivyignore.yaml', line: 4 }]);
  });

  test.each<[string, string, RegExp]>([
    ['an unknown key', 'vulnerabilities:\n  - id: CVE-1\n    expires: 2026-11-01\n', /:3: .*expires/],
    ['no id', 'vulnerabilities:\n  - paths: [a]\n', /:2: .*id/],
    ['a wrong date', 'vulnerabilities:\n  - id: a\n    expired_at: tomorrow\n', /:3: .*expired_at/],
    ['a wrong package URL', 'vulnerabilities:\n  - id: a\n    purls:\n      - net\n', /:4: .*package URL/],
    ['misconfigurations', 'misconfigurations:\n  - id: AVD-1\n', /:2: misconfigurations are not scanned/],
    ['no YAML', 'vulnerabilities:\n  - id: "a\n', /:\d: .*YAML/],
    ['a key that comes twice', 'vulnerabilities: []\nvulnerabilities: []\n', /:2: .*YAML/],
    ['a list', '- id: CVE-1\n', /:1: the file/],
  ])('%s is refused with its line', (_, text, message) => {
    expect(() => judge({ format: 'trivyignore', file: 'i.yaml', text })).toThrow(message);
  });

  test('an empty file has no entries', () => {
    expect(judge({ format: 'trivyignore', file: 'i.yaml', text: '# nothing yet\n' }).verdict).toBe('block');
  });
});

const vex = (statements: object[], change: object = {}, file = 'a.openvex.json'): SuppressionFile => ({
  ...{ format: 'openvex', file },
  text: JSON.stringify(
    {
      '@context': 'https://openvex.dev/ns/v0.2.0',
      '@id': 'https://example.com/vex/1',
      ...{ author: 'ann', timestamp: '2026-01-01T00:00:00Z', version: 1, statements, ...change },
    },
    null,
    1,
  ),
});
const purl = 'pkg:golang/golang.org/x/net@v1.0.0';
const statement = (product: object, change: object = {}) => ({
  ...{ vulnerability: { name: 'CVE-1' }, products: [product], status: 'not_affected' },
  justification: 'vulnerable_code_not_in_execute_path',
  ...change,
});

describe('OpenVEX', () => {
  const oci = (sum: string) => `pkg:oci/app@${sum.replace(':', '%3A')}`;
  test.each<[string, object, string]>([
    ['a package', statement({ '@id': purl }), 'allow'],
    ['another package', statement({ '@id': 'pkg:golang/golang.org/x/text' }), 'block'],
    ['the image', statement({ '@id': oci(digest) }), 'allow'],
    ['the manifest of a platform', statement({ '@id': oci(manifest) }), 'allow'],
    ['another image', statement({ '@id': oci(`sha256:${'b'.repeat(64)}`) }), 'block'],
    ['a hash', statement({ '@id': 'app', hashes: { 'sha-256': 'a'.repeat(64) } }), 'allow'],
    ['an identifier', statement({ '@id': 'https://example.com/net', identifiers: { purl } }), 'allow'],
    ['a package in the image', statement({ '@id': oci(digest), subcomponents: [{ '@id': purl }] }), 'allow'],
    [
      'another package in the image',
      statement({ '@id': oci(digest), subcomponents: [{ '@id': 'pkg:golang/x' }] }),
      'block',
    ],
    [
      'an alias',
      statement({ '@id': purl }, { vulnerability: { name: 'GO-1', aliases: ['CVE-1'] } }),
      'allow',
    ],
    ['fixed', statement({ '@id': purl }, { status: 'fixed' }), 'allow'],
    ['affected', statement({ '@id': purl }, { status: 'affected' }), 'block'],
    ['under investigation', statement({ '@id': purl }, { status: 'under_investigation' }), 'block'],
  ])('%s', (_, one, expected) => {
    expect(judge(vex([one])).verdict).toBe(expected);
  });

  test('the latest statement counts, in whichever file it is', () => {
    const first = vex([statement({ '@id': purl })]);
    const later = vex(
      [statement({ '@id': purl }, { status: 'affected' })],
      { timestamp: '2026-02-01T00:00:00Z' },
      'b',
    );
    expect(judge(first, later).verdict).toBe('block');
    expect(judge(later, first).verdict).toBe('block');
    const last = vex([statement({ '@id': purl }, { timestamp: '2026-03-01T00:00:00Z' })], {}, 'c');
    expect(judge(last, later, first).verdict).toBe('allow');
  });

  test('author and justification are shown', () => {
    expect(judge(vex([statement({ '@id': purl })])).accepted[0]!.by).toMatch(
      /^suppressed by ann: not_affected: vulnerable_code_not_in_execute_path \(a\.openvex\.json:\d+\)$/,
    );
  });

  test.each<[string, SuppressionFile, RegExp]>([
    [
      'no justification',
      vex([statement({ '@id': purl }, { justification: undefined })]),
      /:\d+: .*needs a justification/,
    ],
    [
      'an unknown justification',
      vex([statement({ '@id': purl }, { justification: 'trust me' })]),
      /justification/,
    ],
    ['no product', vex([statement({ '@id': purl }, { products: [] })]), /products/],
    [
      'a product that is no package',
      vex([statement({ '@id': 'https://example.com/x' })]),
      /neither a package URL/,
    ],
    ['an image without a digest', vex([statement({ '@id': 'pkg:oci/app' })]), /without its digest/],
    [
      'parts of a package',
      vex([statement({ '@id': purl, subcomponents: [{ '@id': purl }] })]),
      /subcomponents need/,
    ],
    [
      'another version',
      vex([statement({ '@id': purl })], { '@context': 'https://openvex.dev/ns' }),
      /OpenVEX 0\.2/,
    ],
    ['no author', vex([statement({ '@id': purl })], { author: undefined }), /author/],
    ['no JSON', { format: 'openvex', file: 'a', text: '{' }, /is not JSON/],
  ])('%s is refused', (_, file, message) => {
    expect(() => judge(file)).toThrow(message);
  });
});
