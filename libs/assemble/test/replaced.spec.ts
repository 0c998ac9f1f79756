import * as fc from 'fast-check';
import { applyLayer, type LayerEntry } from '../src/base/applyLayer';
import type { Node, Tree } from '../src/index';
import { completeTree } from '../src/tree';
import { assemble, file, treeOf } from './support';

/** The files that an engine has after it unpacked the layers of an image. */
async function unpack(lines: readonly string[], context: Tree): Promise<readonly string[] | undefined> {
  const built = await assemble(lines, completeTree(context));
  if (!built.ok) return built.failures.map(({ what }) => what);
  let tree: Tree = new Map();
  for (const { entries } of built.value.layers) {
    const headers = [...entries].map(
      ([path, node]) => ({ path, ...node }) as unknown as LayerEntry['header'],
    );
    tree = applyLayer(
      tree,
      headers.map((header) => ({ header, size: 1, path: '' })),
    );
  }
  return [...tree].map(([path, { type }]) => `${type} ${path}`).sort();
}

test('a directory that one COPY replaces by a file and that by a directory has nothing of the first', async () => {
  const context = treeOf({
    'below/d/old': file('1'),
    'one/d': file('2'),
    'two/d/new': file('3'),
  });
  expect(await unpack(['COPY below /', 'COPY one two /'], context)).toEqual(['directory d', 'file d/new']);
});

test('several sources of one COPY give the same files as one COPY each', async () => {
  const path = fc
    .array(fc.constantFrom('a', 'b'), { minLength: 1, maxLength: 3 })
    .map((parts) => parts.join('/'));
  const source = fc.uniqueArray(path, { maxLength: 4 }).map((paths) =>
    // A path cannot be a file and a directory.
    paths.filter((one) => !paths.some((other) => one.startsWith(`${other}/`))),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(source, { minLength: 2, maxLength: 4 }), async (sources) => {
      const nodes: Record<string, Node> = {};
      for (const [at, paths] of sources.entries())
        for (const one of [...paths, `own${at}`]) nodes[`s${at}/${one}`] = file(`${at}`);
      const names = sources.map((_, at) => `s${at}`);
      const together = await unpack([`COPY s0 /`, `COPY ${names.slice(1).join(' ')} /`], treeOf(nodes));
      const apart = await unpack(
        names.map((name) => `COPY ${name} /`),
        treeOf(nodes),
      );
      expect(together).toEqual(apart);
      expect(together).toContain('file own0');
    }),
    { numRuns: 300 },
  );
});
