import { spawn } from 'node:child_process';

/** Variables of the caller that would change what is measured. */
const foreign = /^(NX_|PRISM_|JEST_|GO|CARGO|RUST|CI$|NODE_OPTIONS$|NODE_ENV$|npm_)/;

export function environment(more = {}) {
  const inherited = Object.entries(process.env).filter(([name]) => !foreign.test(name));
  return { ...Object.fromEntries(inherited), NO_COLOR: '1', ...more };
}

/**
 * Runs a command and returns its output. Throws with the output if it fails or takes more than 40 minutes, which
 * leaves time for a first compile of all dependencies.
 */
export function run(argv, { cwd, env = environment() } = {}) {
  const { promise, resolve, reject } = Promise.withResolvers?.() ?? withResolvers();
  const child = spawn(argv[0], argv.slice(1), { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const limit = setTimeout(() => child.kill('SIGKILL'), 2_400_000);
  let stdout = '';
  let all = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
    all += chunk;
  });
  child.stderr.on('data', (chunk) => {
    all += chunk;
  });
  child.on('error', reject);
  // `exit`, not `close`: a daemon may keep the pipes open.
  child.on('exit', (status, signal) => {
    clearTimeout(limit);
    const failed = new Error(`${status ?? signal} from ${argv.join(' ')}\n${all.slice(-4000)}`);
    setImmediate(() => (status === 0 ? resolve(stdout) : reject(failed)));
  });
  return promise;
}

/** Milliseconds that some work takes. */
export async function time(work) {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function withResolvers() {
  const all = {};
  all.promise = new Promise((resolve, reject) => Object.assign(all, { resolve, reject }));
  return all;
}
