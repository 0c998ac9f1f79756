import type { Tree } from '@nx/devkit';
import { failed, generateFailure, type Result } from '@prism-build/errors';
import { goPlugin } from './go';
import type { Backend, PluginOptions } from './options';
import { pythonPlugin } from './python';
import type { RenderedPlugin } from './rendered';
import { rustPlugin } from './rust';

type Language = PluginOptions['lang'];

/** What there are templates for. */
export const offered: Readonly<Record<Language, readonly Backend[]>> = {
  go: ['memory', 'sql', 'queue', 'blank'],
  rust: ['memory', 'blank'],
  python: ['memory', 'blank'],
};

const renderers = { go: goPlugin, rust: rustPlugin, python: pythonPlugin };

/** Renders the templates of a language and a backend; COMBINATION_NOT_SUPPORTED says what else there is. */
export function renderPlugin(tree: Tree, { name, backend, lang }: PluginOptions): Result<RenderedPlugin> {
  if (!offered[lang].includes(backend)) return refuse(lang, backend);
  return renderers[lang](tree, name, backend);
}

function refuse(lang: Language, backend: Backend): Result<never> {
  const backends = offered[lang].map((one) => `--backend=${one}`).join(' and ');
  return failed(
    generateFailure('COMBINATION_NOT_SUPPORTED', {
      what: `there is no template for a plugin in ${lang} with the backend ${backend}`,
      why: `in ${lang} there are ${backends}`,
      remedy: `Use --lang=go, which has every backend, or --backend=blank, and write the store in ${lang}.`,
    }),
  );
}
