import * as z from 'zod';

/** What a signature of an image says (simple signing, containers-signature(5)). */
export interface SignatureClaim {
  /** The manifest or index that was signed. */
  readonly digest: string;
  /** The repository that it was signed for, with its registry. */
  readonly repository: string;
}

const payload = z.looseObject({
  critical: z.looseObject({
    identity: z.looseObject({ 'docker-reference': z.string() }),
    image: z.looseObject({ 'docker-manifest-digest': z.string() }),
    type: z.string(),
  }),
});

/** cosign writes the first type, GPG simple signing the second. */
const types = ['cosign container image signature', 'atomic container signature'];

/** The claims of `cosign verify --output=json`. Undefined if the text is none; payloads of other types are left out. */
export function parseSignatures(text: string): readonly SignatureClaim[] | undefined {
  if (text.trim() === '') return [];
  const parsed = z.array(payload).safeParse(parseJson(text));
  return parsed.data
    ?.filter(({ critical }) => types.includes(critical.type))
    .map(({ critical: { identity, image } }) => ({
      digest: image['docker-manifest-digest'],
      repository: identity['docker-reference'],
    }));
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
