import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** The outcome of a download; `gone`: the server says that the file does not exist. */
type Download =
  | { readonly outcome: 'read'; readonly bytes: Uint8Array }
  | { readonly outcome: 'gone'; readonly why: string }
  | { readonly outcome: 'failed'; readonly why: string; readonly again?: boolean };

const attempts = 3;

/**
 * Reads a http, https or file address into memory. Fails beyond `limit` bytes. Retries after broken connections and
 * server errors.
 */
export async function download(url: string, limit: number, timeout = 600_000): Promise<Download> {
  if (url.startsWith('file:')) return readLocal(url);
  for (let attempt = 1; ; attempt += 1) {
    const result = await downloadOnce(url, limit, timeout);
    if (result.outcome !== 'failed' || !result.again || attempt === attempts) return result;
    await new Promise((resolve) => setTimeout(resolve, 200 * attempt));
  }
}

async function downloadOnce(url: string, limit: number, timeout: number): Promise<Download> {
  const { address, shown, headers } = splitCredentials(url);
  try {
    const response = await fetch(address, { headers, signal: AbortSignal.timeout(timeout) });
    if (!response.ok) {
      await response.body?.cancel();
      const why = `${shown}: ${response.status} ${response.statusText}`.trimEnd();
      if (response.status === 404 || response.status === 410) return { outcome: 'gone', why };
      return { outcome: 'failed', why, again: response.status >= 500 };
    }
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of response.body ?? []) {
      size += chunk.length;
      if (size > limit) return { outcome: 'failed', why: `${shown}: more than ${limit} bytes` };
      chunks.push(chunk);
    }
    return { outcome: 'read', bytes: Buffer.concat(chunks) };
  } catch (error) {
    return { outcome: 'failed', why: `${shown}: ${describe(error)}`, again: true };
  }
}

async function readLocal(url: string): Promise<Download> {
  try {
    return { outcome: 'read', bytes: await readFile(fileURLToPath(url)) };
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return { outcome: missing ? 'gone' : 'failed', why: `${url}: ${describe(error)}` };
  }
}

/** Moves a password out of the address: fetch refuses it, and messages must not show it. */
function splitCredentials(url: string): { address: string; shown: string; headers: Record<string, string> } {
  const parsed = new URL(url);
  const { username, password } = parsed;
  parsed.username = '';
  parsed.password = '';
  if (username === '') return { address: url, shown: url, headers: {} };
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const headers = { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
  return { address: parsed.href, shown: parsed.href, headers };
}

/** The reason of a failed fetch is in the cause of its exception. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? error.cause : undefined;
  return cause ? cause.message || String((cause as NodeJS.ErrnoException).code) : error.message;
}
