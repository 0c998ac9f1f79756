import { type Failure, pushFailure } from '@prism-build/errors';
import { messageOf } from '../failures';
import { formatReference, type Reference } from '../reference';

type Code = Parameters<typeof pushFailure>[0];

/** Patterns of messages of skopeo and of registries. The first that fits decides. */
const signs: readonly (readonly [RegExp, Code])[] = [
  [/HTTP response to HTTPS client/i, 'PUSH_PLAIN_HTTP'],
  [/x509|remote error: tls|tls: (?!first record)/i, 'PUSH_UNTRUSTED'],
  [/\b413\b|\b507\b|Entity Too Large|quota|size.*exceed/i, 'PUSH_TOO_LARGE'],
  [
    /unauthorized|authentication required|denied|forbidden|invalid username\/password|\b40[13]\b/i,
    'PUSH_DENIED',
  ],
  [
    /digest did not match|does not match.*digest|digest.*(does not match|invalid)|manifest invalid/i,
    'PUSH_ALTERED',
  ],
  [/name unknown|repository .*not (found|exist)|\b404\b|manifest unknown/i, 'PUSH_REPOSITORY_MISSING'],
  [
    /\b429\b|Too Many Requests|toomanyrequests|\b5\d\d\b|\bEOF\b|connection re(fused|set)|broken pipe|no such host|time(d )?out|unreachable|no route to host|server misbehaving|server closed|malformed HTTP/i,
    'PUSH_UNREACHABLE',
  ],
];

/** Translates a failed call of skopeo for `image` into a failure of the catalogue. */
export function describePushFailure(image: Reference, failure: Failure): Failure {
  if (failure.code !== 'COMMAND_FAILED' && failure.code !== 'COMMAND_TIMED_OUT') return failure;
  const why = messageOf(failure.why ?? failure.what);
  const code = failure.code === 'COMMAND_TIMED_OUT' ? 'PUSH_UNREACHABLE' : codeOf(why);
  return pushFailure(code, { what: sentences(code, image), why, ...remedyFor(code, image) });
}

/** Digests and addresses may contain the number of a status. */
function codeOf(why: string): Code {
  const text = why.replaceAll(/[0-9a-f]{32,}|:\d+/g, '…');
  return signs.find(([sign]) => sign.test(text))?.[1] ?? 'PUSH_FAILED';
}

/** Whether the same call may succeed a moment later. */
export function mayPass({ code }: Failure): boolean {
  return code === 'PUSH_UNREACHABLE' || code === 'REGISTRY_UNREACHABLE';
}

function sentences(code: Code, image: Reference): string {
  const name = formatReference(image);
  const { registry } = image;
  switch (code) {
    case 'PUSH_DENIED':
      return `${registry} does not take ${name} from you`;
    case 'PUSH_REPOSITORY_MISSING':
      return `${registry} has no repository for ${name}`;
    case 'PUSH_TOO_LARGE':
      return `${registry} has no room for ${name}`;
    case 'PUSH_PLAIN_HTTP':
      return `${registry} speaks HTTP without TLS, which is allowed on loopback only`;
    case 'PUSH_UNTRUSTED':
      return `the certificate of ${registry} is not trusted`;
    case 'PUSH_ALTERED':
      return `${registry} does not hold ${name} as it was pushed`;
    case 'PUSH_UNREACHABLE':
      return `${registry} cannot be reached to push ${name}`;
    default:
      return `${name} could not be pushed`;
  }
}

function remedyFor(code: Code, { registry }: Reference): { readonly remedy?: string } {
  if (code === 'PUSH_DENIED')
    return {
      remedy: `Log in with \`skopeo login ${registry}\` (or \`podman login\`) as an account that may push, or name your credentials in REGISTRY_AUTH_FILE.`,
    };
  if (code === 'PUSH_PLAIN_HTTP')
    return { remedy: `Give the registry a certificate, or pass --allowHttp=${registry}.` };
  return {};
}
