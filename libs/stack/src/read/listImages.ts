import { parseAllDocuments } from 'yaml';

/** The annotation of an Ingress with the image of the reverse proxy. */
export const edgeImage = 'prism-build.edge/image';

/**
 * The images that the containers of a stack name, each once, also of a file with errors: `up` reports those. Never throws.
 * Inference calls it, so it loads no schema.
 */
export function listImages(text: string): string[] {
  try {
    const documents = parseAllDocuments(text, { logLevel: 'silent' });
    const values = Array.isArray(documents) ? documents.map((one) => one.toJS({ maxAliasCount: 100 })) : [];
    return [...new Set(values.flatMap(imagesOf))].sort();
  } catch {
    return [];
  }
}

function imagesOf(value: unknown): string[] {
  const { kind, metadata } = tableOf(value);
  if (kind === 'Ingress') {
    const image = tableOf(tableOf(metadata).annotations)[edgeImage];
    return typeof image === 'string' ? [image] : [];
  }
  const spec = tableOf(tableOf(value).spec);
  const { containers } = 'template' in spec ? tableOf(tableOf(spec.template).spec) : spec;
  if (!Array.isArray(containers)) return [];
  return containers.flatMap((one) => {
    const { image } = tableOf(one);
    return typeof image === 'string' ? [image] : [];
  });
}

function tableOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
