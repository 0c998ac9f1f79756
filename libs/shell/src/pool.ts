/**
 * Runs `work` over items, at most `limit` at a time. Nx gives a batch one slot and no `--parallel`,
 * so a batch bounds itself. Never rejects for a single item: `work` must return its failures as values.
 */
export async function runPool<Item, Output>(
  items: readonly Item[],
  limit: number,
  work: (item: Item) => Promise<Output>,
): Promise<Output[]> {
  const outputs = new Array<Output>(items.length);
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) outputs[index] = await work(items[index]!);
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(limit, items.length)) }, worker));
  return outputs;
}
