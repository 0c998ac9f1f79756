import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { environment, run } from './process.mjs';
import { cache, repository } from './workspace.mjs';

const require = createRequire(import.meta.url);
const platforms = ['amd64', 'arm64'].map((architecture) => ({ os: 'linux', architecture }));

/** Settings with which the plugin speeds up compilers, and which people do not set by hand. */
const pace = ['GOGC', 'GOMEMLIMIT', 'GOMAXPROCS'];

/** The commands that compile a component by hand. They use the plugin's argument vectors, so the flags are equal. */
const units = {
  'plugin-memstore': {
    argv: ['compile-go', '-tags=grpcnotrace', './cmd/plugin-memstore'],
    working: 'plugins/memstore',
    pin: 'go',
  },
  'plugin-postgres': {
    argv: ['compile-go', '-tags=grpcnotrace', './cmd/plugin-postgres'],
    working: 'plugins/postgres',
    pin: 'go',
  },
  proxy: { argv: ['compile-rust', '--package', 'prism-proxy'], working: '.', pin: 'rust' },
};

/**
 * Runs compilers as a user's script would: in the workspace, both platforms at once, with results in
 * `<out>/<architecture>/`. Uses the shared compilers' caches, or `caches` of the caller.
 */
export function hostCompilers(workspace, scratch, out, caches = cache) {
  const bundle = join(scratch, 'languages.cjs');
  require('esbuild').buildSync({
    entryPoints: [join(repository, 'libs', 'languages', 'src', 'index.ts')],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    loader: { '.py': 'text' },
    outfile: bundle,
  });
  const { recogniseCommand, parsePin } = require(bundle);
  const machine = {
    path: (process.env.PATH ?? '').split(':'),
    readText: (path) => (fs.existsSync(path) ? fs.readFileSync(path, 'utf8') : undefined),
    isExecutable: (path) => fs.existsSync(path),
    realPath: (path) => fs.realpathSync(path),
  };
  return Object.fromEntries(
    Object.entries(units).map(([project, { argv, working, pin }]) => {
      const { language, recognised } = recogniseCommand(argv);
      const pinned = parsePin(readPin(workspace, pin), pin).value;
      const found = language.toolchain.find(pinned, machine, cache);
      if (!found.ok) throw new Error(JSON.stringify(found.failures));
      const request = {
        recognised,
        targets: platforms,
        toolchain: found.value,
        directories: {
          source: workspace,
          working: join(workspace, working),
          cache: caches,
          home: join(scratch, 'home'),
          scratch: join(scratch, 'compilers'),
        },
        environment: () => ({}),
        // Off, as in the stage, which copies no go.work.
        contains: () => false,
        text: () => undefined,
        version: pinned.version,
        remapsSource: false,
        cores: availableParallelism(),
        out: ({ architecture }) => join(out, architecture),
      };
      for (const name of ['home', 'scratch']) fs.mkdirSync(request.directories[name], { recursive: true });
      for (const { architecture } of platforms) fs.mkdirSync(join(out, architecture), { recursive: true });
      const compile = async () => {
        const calls = language.compiler.compile(request);
        await Promise.all(calls.map(({ argv, cwd, env }) => run(argv, { cwd, env: without(env, pace) })));
        for (const { from, to } of language.compiler.placements?.(request) ?? []) fs.copyFileSync(from, to);
      };
      const fetch = async () => {
        for (const { argv, cwd, env } of language.dependencies.fetch(request))
          await run(argv, { cwd, env: environment(env) });
      };
      return [project, { compile, fetch, binary: project === 'proxy' ? 'prism-proxy' : project }];
    }),
  );
}

function without(env, names) {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !names.includes(name)));
}

function readPin(workspace, language) {
  return fs.readFileSync(join(workspace, 'containerfiles', `${language}-builder`, 'pin.json'), 'utf8');
}
