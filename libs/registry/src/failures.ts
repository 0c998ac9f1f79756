import { type Failure, registryFailure } from '@prism-build/errors';
import { formatReference, type Reference } from './reference';

type Code = Parameters<typeof registryFailure>[0];

/** Patterns of messages of skopeo and of registries. */
const signs: readonly (readonly [RegExp, Code])[] = [
  [
    /unauthorized|authentication required|access.*denied|denied:|invalid username\/password/i,
    'REGISTRY_DENIED',
  ],
  [/manifest unknown|name unknown|repository .*not found|blob unknown|StatusCode: 404/i, 'IMAGE_GONE'],
  [/digest did not match|does not match.*digest|digest.*does not match|unexpected EOF/i, 'IMAGE_ALTERED'],
  [
    /connection refused|no such host|timeout|network is unreachable|no route to host|x509|tls:|HTTP response to HTTPS|server misbehaving|StatusCode: 5\d\d|\bEOF\b|conn could not be established/i,
    'REGISTRY_UNREACHABLE',
  ],
];

/** Translates a failed call of skopeo into a failure of the catalogue. */
export function describeFailure(image: Reference, failure: Failure): Failure {
  if (failure.code !== 'COMMAND_FAILED' && failure.code !== 'COMMAND_TIMED_OUT') return failure;
  const why = messageOf(failure.why ?? failure.what);
  const code =
    failure.code === 'COMMAND_TIMED_OUT'
      ? 'REGISTRY_UNREACHABLE'
      : (signs.find(([sign]) => sign.test(why))?.[1] ?? 'REGISTRY_FAILED');
  const name = formatReference(image);
  const what: Record<string, string> = {
    REGISTRY_DENIED: `${image.registry} does not give ${name} to you`,
    IMAGE_GONE: `${image.registry} has no ${name}`,
    IMAGE_ALTERED: `${image.registry} returned content for ${name} that does not match its digest`,
    REGISTRY_UNREACHABLE: `${image.registry} cannot be reached for ${name}`,
  };
  const login = `Log in with \`skopeo login ${image.registry}\` (or \`podman login\`), or name your credentials in REGISTRY_AUTH_FILE.`;
  return registryFailure(code, {
    what: what[code] ?? `${name} could not be read`,
    why,
    ...(code === 'REGISTRY_DENIED' && { remedy: login }),
  });
}

/** `time="…" level=fatal msg="…"` to the message. */
export function messageOf(text: string): string {
  const messages = [...text.matchAll(/level=(?:fatal|error) msg="((?:[^"\\]|\\.)*)"/g)];
  const last = messages.at(-1)?.[1];
  return last === undefined ? text : last.replaceAll('\\"', '"');
}
