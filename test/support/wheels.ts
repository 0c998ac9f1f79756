import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';

/** Writes a wheel to a directory that pip may search (PIP_FIND_LINKS). Returns its line in a lock. */
export function writeWheel(
  directory: string,
  name: string,
  tag: string,
  files: Readonly<Record<string, string | Uint8Array>>,
): string {
  const info = `${name}-1.0.dist-info`;
  const own = {
    [`${info}/METADATA`]: `Metadata-Version: 2.1\nName: ${name}\nVersion: 1.0\n`,
    [`${info}/WHEEL`]: `Wheel-Version: 1.0\nRoot-Is-Purelib: ${tag.endsWith('any')}\nTag: ${tag}\n`,
    [`${info}/RECORD`]: '',
  };
  const entries = Object.entries({ ...own, ...files }).map(([path, content]) => [
    path,
    [typeof content === 'string' ? strToU8(content) : content, { mtime: '1980-01-01' }],
  ]);
  const bytes = zipSync(Object.fromEntries(entries));
  fs.mkdirSync(directory, { recursive: true });
  fs.writeFileSync(join(directory, `${name}-1.0-${tag}.whl`), bytes);
  return `--hash=sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** A shared object with symbols to strip, compiled by the machine's C compiler. */
export function compileSharedObject(compiler: string, directory: string): Uint8Array {
  const [source, object] = [join(directory, 'x.c'), join(directory, 'x.so')];
  fs.writeFileSync(source, 'static int hidden(void) { return 7; }\nint shown(void) { return hidden(); }\n');
  execFileSync(compiler, ['-g', '-O0', '-shared', '-fPIC', '-nostdlib', '-o', object, source]);
  return fs.readFileSync(object);
}
