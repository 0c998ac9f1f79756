import { ok, type Result } from '@prism-build/errors';
import { type Edit, editJson, readJson } from '../shared/json';

const ignored = ['node_modules/', '.nx/', '.prism/', 'dist/'];
const setting = 'NX_ISOLATE_PLUGINS';
const script = { name: 'images', command: 'nx run-many -t build-image' };

/** nx.json with the plugin in it; without one, Nx works with its defaults and this file is its first. */
export function configurePlugin(text: string | undefined, prefix: string): Result<string> {
  const plugin = { plugin: 'prism', options: { prefix } };
  if (text === undefined) {
    const nx = { $schema: './node_modules/nx/schemas/nx-schema.json', plugins: [plugin] };
    return ok(`${JSON.stringify(nx, null, 2)}\n`);
  }
  const read = readJson(text, 'nx.json');
  if (!read.ok) return read;
  const plugins = (read.value as { plugins?: unknown } | undefined)?.plugins;
  const known = Array.isArray(plugins) ? plugins : [];
  if (known.some((one) => one === 'prism' || one?.plugin === 'prism')) return ok(text);
  const edit: Edit = Array.isArray(plugins) ? [['plugins', -1], plugin] : [['plugins'], [plugin]];
  return editJson(text, 'nx.json', [edit]);
}

/** package.json with a script that builds all images, unless somebody has a script of that name. */
export function addScript(text: string | undefined, name: string): Result<string> {
  if (text === undefined)
    return ok(
      `${JSON.stringify({ name, private: true, scripts: { [script.name]: script.command } }, null, 2)}\n`,
    );
  const read = readJson(text, 'package.json');
  if (!read.ok) return read;
  const scripts = (read.value as { scripts?: Record<string, string> } | undefined)?.scripts ?? {};
  if (script.name in scripts) return ok(text);
  return editJson(text, 'package.json', [[['scripts', script.name], script.command]]);
}

/** .gitignore with what is built and installed: a daemon of Nx that watches such files never rests. */
export function addToIgnoreFile(text: string | undefined): string {
  const plain = (line: string) =>
    line
      .trim()
      .replace(/^\//, '')
      .replace(/\/(\*\*?)?$/, '');
  const known = new Set((text ?? '').split('\n').map(plain));
  const missing = ignored.filter((line) => !known.has(plain(line)));
  return appendLines(text, missing);
}

/** .env with the one setting that makes Nx load plugins in its own process, unless it is set in some way. */
export function addSetting(text: string | undefined): string {
  if (new RegExp(`^\\s*(export\\s+)?${setting}\\s*=`, 'm').test(text ?? '')) return text ?? '';
  return appendLines(text, [
    '# Nx reads this file. Plugin workers in processes of their own cost more than all inference.',
    `${setting}=false`,
  ]);
}

function appendLines(text: string | undefined, lines: readonly string[]): string {
  if (lines.length === 0) return text ?? '';
  const before = text === undefined || text === '' || text.endsWith('\n') ? (text ?? '') : `${text}\n`;
  return `${before}${lines.join('\n')}\n`;
}
