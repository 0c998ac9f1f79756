import { dirname } from 'node:path';
import type { Explanation } from '../language';

/**
 * The cause of a failed fetch or compile, from the output of pip and of our own program. The patterns match pip 23.0
 * and later.
 */
export function explainPython(output: string, step: 'fetch' | 'compile'): Explanation | undefined {
  for (const { pattern, explain } of causes) {
    const match = pattern.exec(output);
    if (match) return explain(match.groups ?? {}, output);
  }
  return step === 'fetch'
    ? { code: 'DEPENDENCIES_NOT_FETCHED', what: 'pip cannot fetch the lock' }
    : undefined;
}

interface Cause {
  readonly pattern: RegExp;
  readonly explain: (groups: Readonly<Record<string, string>>, output: string) => Explanation;
}

/** The first match is the cause: later entries are often only its consequences. */
const causes: readonly Cause[] = [
  {
    pattern: /LOCK_UNUSABLE: (?<what>.+)/u,
    explain: ({ what = '' }) => ({ code: 'LOCK_UNUSABLE', what }),
  },
  {
    pattern: /SOURCE_INVALID: (?<what>.+)/u,
    explain: ({ what = '' }) => ({
      code: 'COMPILE_FAILED',
      what,
      remedy: 'Correct the source. If it is a template, do not import it.',
    }),
  },
  {
    pattern: /WHEEL_LOST: (?<what>.+ is in (?<directory>.+))/u,
    explain: ({ what = '', directory = '' }) => ({
      code: 'COMPILE_FAILED',
      what,
      remedy: `Run \`rm -r ${dirname(directory)}\`: fetched files were altered or removed; the next run fetches them again.`,
    }),
  },
  {
    pattern: /No module named '?pip\b|No module named pip\b/u,
    explain: () => ({
      code: 'TOOLCHAIN_MISSING',
      what: 'this Python has no pip, which fetches wheels and reads markers',
      remedy: 'Install it: apt-get install python3-pip',
    }),
  },
  {
    pattern: /No space left on device/u,
    explain: () => ({
      code: 'DEPENDENCIES_NOT_FETCHED',
      what: 'the disk is full',
      remedy: 'Free disk space, then run the target again: `npx nx g prism:prune` shows what can be removed.',
    }),
  },
  {
    pattern: /DO NOT MATCH THE HASHES[\s\S]*?\n\s+(?<named>\S+)(?: from (?<from>\S+))?/u,
    explain: ({ named = '', from }) => ({
      code: 'HASH_DIFFERS',
      what: `${nameOf(named)} does not match the lock: ${from ? fileOf(from) : 'the file'} has a hash that is not in the lock`,
    }),
  },
  {
    pattern:
      /(?:\b40[13]\b (?:Client )?(?:Error|Unauthorized|Forbidden)|error: 40[13]\b|HTTP error 40[13]\b)/iu,
    explain: (_, output) => ({
      code: 'DEPENDENCIES_NOT_FETCHED',
      what: `the index ${hostOf(output)}denies access`,
      remedy:
        'Log in: write the index into ~/.netrc, or set PIP_INDEX_URL with a token where the build runs.',
    }),
  },
  {
    pattern: /CERTIFICATE_VERIFY_FAILED|problem confirming the ssl certificate|SSLError/iu,
    explain: (_, output) => ({
      code: 'DEPENDENCIES_NOT_FETCHED',
      what: `the certificate of the index ${hostOf(output)}is not trusted`,
      remedy: 'Name the certificate authority: PIP_CERT=<file> or SSL_CERT_FILE=<file>.',
    }),
  },
  {
    pattern:
      /connection broken by|Could not fetch URL|Failed to establish a new connection|Name or service not known|name resolution|Read timed out|HTTP error 5\d\d|IncompleteRead|Connection reset/iu,
    explain: (_, output) => ({
      code: 'DEPENDENCIES_NOT_FETCHED',
      what: `the index ${hostOf(output)}cannot be reached`,
      remedy:
        'Check the network and PIP_INDEX_URL, then run the target again; fetching needs the network once.',
    }),
  },
  {
    pattern:
      /Package '?(?<name>[^'\s]+)'? requires a different Python: (?<here>\S+) not in '(?<range>[^']+)'/u,
    explain: ({ name = '', here = '', range = '' }) => tooOld(name, range, here),
  },
  {
    pattern: /WHEEL_MISSING: (?<what>.+)/u,
    explain: ({ what = '' }) => ({ code: 'WHEEL_MISSING', what }),
  },
  {
    pattern: /VERSION_MISSING: (?<what>.+)/u,
    explain: ({ what = '' }) => ({
      code: 'VERSION_MISSING',
      what,
    }),
  },
  {
    pattern: /No matching distribution found for (?<named>[^\s;]+)/u,
    explain: ({ named = '' }, output) => {
      const version = named.split(/={2,3}/u)[1] ?? '';
      const range = ignoredRange(output, version);
      if (range !== undefined) return tooOld(nameOf(named), range);
      return { code: 'WHEEL_MISSING', what: `${nameOf(named)} has no wheel for this platform and Python` };
    },
  },
  {
    pattern: /(?:InvalidMarker|InvalidRequirement|Invalid requirement): (?<what>.+)/u,
    explain: ({ what = '' }) => ({ code: 'LOCK_UNUSABLE', what: `pip cannot read the lock: ${what}` }),
  },
];

function tooOld(name: string, range: string, here?: string): Explanation {
  return {
    code: 'TOOLCHAIN_DIFFERS',
    what: `${name} is for Python ${range}${here ? `, and Python ${here} is pinned` : ', which the pinned version is not'}`,
    remedy:
      'Lock again for the pinned Python (`uv export --python`, `poetry env use`), or pin another version.',
  };
}

/** What pip skipped because it needs another Python: `2.0 Requires-Python >=3.12; 2.1 Requires-Python …`. */
function ignoredRange(output: string, version: string): string | undefined {
  const list = /require a different python version: (.+)/iu.exec(output)?.[1] ?? '';
  return list
    .split('; ')
    .map((one) => one.split(' Requires-Python '))
    .find(([found]) => found === version)?.[1];
}

/** `six 1.17.0` for `six[x]==1.17.0`. */
function nameOf(named: string): string {
  return named.replace(/\[[^\]]*\]/u, '').replace(/={2,3}/u, ' ');
}

function fileOf(url: string): string {
  return url.replace(/#.*$/u, '').split('/').at(-1)!;
}

/** The last host in pip's output, without user and password, followed by a space. */
function hostOf(output: string): string {
  const hosts = [...output.matchAll(/(?:host='|https?:\/\/(?:[^/@\s]*@)?)(?<host>[A-Za-z0-9.-]+)/gu)];
  const host = hosts.at(-1)?.groups?.host;
  return host ? `${host} ` : '';
}
