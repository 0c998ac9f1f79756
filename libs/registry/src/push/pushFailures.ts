import { type Failure, pushFailure } from '@prism-build/errors';
import { messageOf } from '../failures';
import { formatReference, type Reference } from '../reference';

type Code = Parameters<typeof pushFailure>[0];

/** Patterns of messages of skopeo and of registries. The first that fits decides. */
const signs: readonly (readonly [RegExp, Code])[] = [
  // Before the answers of registries: Go names a proxy's answer by the words of its status alone.
  [/Proxy Authentication Required|"https:\/\/[^"]*": (Forbidden|Unauthorized)/, 'PUSH_PROXY_REFUSED'],
  [/getting username and password|error getting credentials/, 'PUSH_CREDENTIALS'],
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
    /\b429\b|Too Many Requests|toomanyrequests|\b5\d\d\b|\bEOF\b|connection re(fused|set)|closed network connection|broken pipe|no such host|time(d )?out|unreachable|no route to host|server misbehaving|server closed|malformed HTTP|client conn could not be established/i,
    'PUSH_UNREACHABLE',
  ],
];

/** Translates a failed call of skopeo for `image` into a failure of the catalogue. */
export function describePushFailure(image: Reference, failure: Failure): Failure {
  if (failure.code !== 'COMMAND_FAILED' && failure.code !== 'COMMAND_TIMED_OUT') return failure;
  // A credential helper that fails may have printed what it knows.
  const why = messageOf(failure.why ?? failure.what).replaceAll(
    /"Secret"\s*:\s*"(\\.|[^"])*"/g,
    '"Secret":"…"',
  );
  const code = failure.code === 'COMMAND_TIMED_OUT' ? 'PUSH_UNREACHABLE' : codeOf(why);
  if (wantsCertificate.test(why)) return certificateMissing(image, why);
  if (closesEarly.test(why)) return closedEarly(image, why);
  return pushFailure(code, { what: sentences(code, image), why, ...remedyFor(code, image) });
}

/** What a server says that wants a certificate of the client (RFC 8446, alerts). */
const wantsCertificate = /remote error: tls: (bad certificate|certificate required|unknown certificate)/;

/**
 * In TLS 1.3 a client has finished its handshake before the server judges its certificate. If the server closes the connection
 * before Go reads the alert, Go says only this.
 */
const closesEarly = /http2: client conn could not be established/;

const giveCertificate =
  'Put client.cert and client.key beside ca.crt into a directory, and name it in the option `certDir`.';

function certificateMissing({ registry }: Reference, why: string): Failure {
  const what = `${registry} wants a certificate of the client, and got none that it knows`;
  return pushFailure('PUSH_UNTRUSTED', { what, why, remedy: giveCertificate });
}

function closedEarly({ registry }: Reference, why: string): Failure {
  const what = `${registry} closes connections before it answers; perhaps it wants a certificate of the client`;
  return pushFailure('PUSH_UNREACHABLE', { what, why, remedy: giveCertificate });
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
    case 'PUSH_PROXY_REFUSED':
      return `the proxy does not lead to ${registry}`;
    case 'PUSH_CREDENTIALS':
      return `the credential helper for ${registry} does not answer`;
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
