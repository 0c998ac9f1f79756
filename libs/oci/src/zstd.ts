type Zstd = typeof import('@bokuweb/zstd-wasm');

let loading: Promise<Zstd> | undefined;

/**
 * zstd as WebAssembly, loaded on first use (about 10 ms). Its version is pinned exactly and WebAssembly is the
 * same on every CPU, so the bytes that it makes are too; Node's own zlib promises no such thing.
 */
export function loadZstd(): Promise<Zstd> {
  loading ??= initialise();
  return loading;
}

async function initialise(): Promise<Zstd> {
  const zstd = await import('@bokuweb/zstd-wasm');
  await zstd.init();
  return zstd;
}
