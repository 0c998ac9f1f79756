import { Document, visit } from 'yaml';

/**
 * A value as YAML that old readers take too: Podman and Compose read `yes` and `=` by YAML 1.1, and libyaml refuses some blocks that
 * begin with white space.
 */
export function printYaml(value: unknown): string {
  const document = new Document(value, { version: '1.1', aliasDuplicateObjects: false });
  visit(document, {
    Scalar: (_key, node) => {
      if (typeof node.value === 'string' && /^\s|^=$|[^\P{Cc}\n]|[\u2028\u2029\ufeff]/u.test(node.value))
        node.type = 'QUOTE_DOUBLE';
    },
  });
  return document.toString({ lineWidth: 0, directives: false });
}
