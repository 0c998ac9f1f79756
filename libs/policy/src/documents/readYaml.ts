import { failed, ok, type Result } from '@prism-build/errors';
import { isNode, LineCounter, parseDocument } from 'yaml';
import { invalid, type Located, type Path } from './located';

/** Reads YAML. Failures: SCAN_POLICY_INVALID, with line, also for keys that come twice. */
export function readYaml(text: string, file: string): Result<Located> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, strict: true });
  const failures = [...document.errors, ...document.warnings].map(({ pos, message }) =>
    invalid(file, lines.linePos(pos[0]).line, `${file} cannot be read as YAML`, message.split('\n')[0]),
  );
  if (failures.length > 0) return failed(...failures);
  const lineOf = (path: Path): number => {
    for (let length = path.length; length > 0; length--) {
      const node = document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
    }
    return 1;
  };
  try {
    return ok({ file, value: document.toJS({ maxAliasCount: 100 }) ?? undefined, lineOf, refuse: invalid });
  } catch (error) {
    return failed(invalid(file, undefined, `${file} cannot be read as YAML`, (error as Error).message));
  }
}
