import { isMap, isScalar, isSeq, parseAllDocuments } from 'yaml';

/**
 * A stack as Kubernetes takes it: the file, with its comments, and with images by the digest of their index.
 *
 * @param images by the name in the file without `:latest`: `ghcr.io/org/proxy@sha256:…`
 */
export function renderKubernetes(text: string, images: Readonly<Record<string, string>>): string {
  const documents = parseAllDocuments(text);
  if (!Array.isArray(documents)) return text;
  for (const document of documents) {
    const containers =
      document.getIn(['spec', 'template', 'spec', 'containers'], true) ??
      document.getIn(['spec', 'containers'], true);
    for (const container of isSeq(containers) ? containers.items : []) {
      if (!isMap(container)) continue;
      const image = container.get('image', true);
      const known = isScalar(image) ? images[String(image.value).replace(/:latest$/, '')] : undefined;
      if (isScalar(image) && known !== undefined) image.value = known;
    }
  }
  return documents.map((one) => one.toString({ lineWidth: 0, directives: false })).join('---\n');
}
