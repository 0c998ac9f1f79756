/** How a script of package.json starts Node. */
export interface NodeScript {
  /** Variables that it sets. */
  readonly environment: readonly string[];
  /** Options of Node itself, with their values. */
  readonly options: readonly string[];
  readonly file: string;
  readonly args: readonly string[];
}

/** Options of Node with a value in the next word. */
const valued = new Set([
  '-r',
  '--require',
  '--import',
  '--loader',
  '--experimental-loader',
  '-C',
  '--conditions',
  '--env-file',
]);

/** Reads `NODE_ENV=production node -r dotenv/config server.js --port 3000`; undefined for what needs a shell or another program. */
export function parseNodeScript(script: string): NodeScript | undefined {
  if (/[|&;<>$`\\()*?~]/.test(script)) return undefined;
  const words = (script.match(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g) ?? []).map((word) =>
    word.replace(/"([^"]*)"|'([^']*)'/g, '$1$2'),
  );
  if (words[0] === 'cross-env') words.shift();
  const environment: string[] = [];
  while (/^[A-Za-z_]\w*=/.test(words[0] ?? '')) environment.push(words.shift()!);
  if (words.shift() !== 'node') return undefined;
  const options: string[] = [];
  while (words[0]?.startsWith('-')) {
    const option = words.shift()!;
    // Inline code and watchers are not servers.
    if (/^(-e|--eval|-p|--print|--watch.*|--test|-i)$/.test(option)) return undefined;
    options.push(option);
    if (valued.has(option) && words[0] !== undefined) options.push(words.shift()!);
  }
  const file = words.shift();
  return file === undefined ? undefined : { environment, options, file, args: words };
}

/** The script that another one runs: `npm run serve`, `yarn start:prod`. */
export function followScript(
  scripts: Readonly<Record<string, string>>,
  name: string,
  left = 4,
): string | undefined {
  const script = scripts[name];
  const next = /^(?:npm|pnpm|yarn)\s+(?:run\s+)?([\w:.-]+)$/.exec(script?.trim() ?? '')?.[1];
  return next !== undefined && left > 0 && next in scripts ? followScript(scripts, next, left - 1) : script;
}
