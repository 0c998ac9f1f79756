import { explainPython } from '../src/python/explain';

const hashes = `ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE. If you have updated the package versions, please update the hashes. Otherwise, examine the package contents carefully; someone may have tampered with them.
    six==1.17.0 from https://files.example/packages/b7/six-1.17.0-py2.py3-none-any.whl (from -r requirements.txt (line 1)):
        Expected sha256 0721
             Got        4721
`;
const nowhere = (name: string) =>
  `ERROR: Could not find a version that satisfies the requirement ${name} (from versions: none)\nERROR: No matching distribution found for ${name}\n`;
const retrying =
  "WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError('<pip._vendor.urllib3.connection.HTTPSConnection object at 0x7f>: Failed to establish a new connection: [Errno 111] Connection refused')': /simple/six/\n";

/** Words of pip 23.0.1, taken from runs. */
test.each([
  [hashes, 'HASH_DIFFERS', /^six 1\.17\.0 does not match the lock: six-1\.17\.0-py2\.py3-none-any\.whl/],
  [
    `${nowhere('s==1')}WHEEL_MISSING: s 1 has no wheel for Python 3.11 on Linux aarch64`,
    'WHEEL_MISSING',
    /^s 1 has no wheel for Python 3\.11 on Linux aarch64$/,
  ],
  [
    `${nowhere('six==9')}VERSION_MISSING: the index has no six 9; the newest is 1.17.0`,
    'VERSION_MISSING',
    /no six 9; the newest is 1\.17\.0/,
  ],
  [nowhere('six[all]==9'), 'WHEEL_MISSING', /^six 9 has no wheel for this platform/],
  [`${retrying}${nowhere('six==1.17.0')}`, 'DEPENDENCIES_NOT_FETCHED', /cannot be reached/],
  [
    'ERROR: HTTP error 503 while getting https://u:p@index.example/x.whl',
    'DEPENDENCIES_NOT_FETCHED',
    /index\.example cannot be reached/,
  ],
  [
    `WARNING: 401 Error, Credentials not correct for https://u:p@index.example/simple/six/\n${nowhere('six==1')}`,
    'DEPENDENCIES_NOT_FETCHED',
    /^the index index\.example denies access$/,
  ],
  [
    "Could not fetch URL https://index.example/simple/six/: There was a problem confirming the ssl certificate: HTTPSConnectionPool(host='index.example', port=443): Max retries exceeded (Caused by SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED]')))",
    'DEPENDENCIES_NOT_FETCHED',
    /certificate of the index index\.example is not trusted/,
  ],
  [
    `ERROR: Ignored the following versions that require a different python version: 8.0 Requires-Python >=3.10; 9.0 Requires-Python >=3.12\n${nowhere('ipython==9.0')}`,
    'TOOLCHAIN_DIFFERS',
    /^ipython 9\.0 is for Python >=3\.12,/,
  ],
  [
    "ERROR: Package 'late' requires a different Python: 3.11.2 not in '>=3.12'",
    'TOOLCHAIN_DIFFERS',
    /^late is for Python >=3\.12, and Python 3\.11\.2 is pinned$/,
  ],
  ['/usr/bin/python3.11: No module named pip', 'TOOLCHAIN_MISSING', /no pip/],
  [
    "LOCK_UNUSABLE: requirements.txt:3: Invalid marker: 'x'",
    'LOCK_UNUSABLE',
    /^requirements\.txt:3: Invalid marker/,
  ],
  ['ERROR: [Errno 28] No space left on device', 'DEPENDENCIES_NOT_FETCHED', /disk is full/],
  ['something new', 'DEPENDENCIES_NOT_FETCHED', /^pip cannot fetch the lock$/],
] as const)('%j of a fetch', (output, code, what) => {
  expect(explainPython(output, 'fetch')).toMatchObject({ code, what: expect.stringMatching(what) });
});

test('credentials in an index URL are not printed', () => {
  const said = explainPython(
    'ERROR: HTTP error 403 while getting https://user:secret@index.example/x',
    'fetch',
  );
  expect(JSON.stringify(said)).not.toContain('secret');
});

test('of a compile: the source, the lost wheel; and nothing where nothing is known', () => {
  expect(explainPython('SOURCE_INVALID: app/x.py:2: invalid syntax', 'compile')).toMatchObject({
    code: 'COMPILE_FAILED',
    what: 'app/x.py:2: invalid syntax',
  });
  expect(
    explainPython('WHEEL_LOST: no wheel of x 1 with a hash of the lock is in /c/wheels/cp311', 'compile'),
  ).toMatchObject({
    code: 'COMPILE_FAILED',
    remedy: expect.stringContaining('rm -r /c/wheels`'),
  });
  expect(explainPython('Traceback', 'compile')).toBeUndefined();
});
