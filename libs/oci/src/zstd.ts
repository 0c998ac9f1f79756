type Zstd = typeof import('@bokuweb/zstd-wasm');

let loading: Promise<Zstd> | undefined;

/**
 * zstd as WebAssembly, loaded on first use (about 10 ms). Its version is pinned exactly, and WebAssembly behaves the same
 * on every CPU, so its output does too. Node's zlib does not guarantee that.
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
