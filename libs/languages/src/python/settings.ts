/** Files of a stage's tree in which pip would find settings. */
export const pipSettings = [
  'etc/pip.conf',
  'root/.config/pip/pip.conf',
  'root/.pip/pip.conf',
  'usr/pip.conf',
];

/**
 * Variables of a stage that determine where packages come from. pip gets them when it fetches; they override the
 * user's.
 */
const passed = new Set([
  'PIP_DEFAULT_TIMEOUT',
  'PIP_EXTRA_INDEX_URL',
  'PIP_FIND_LINKS',
  'PIP_INDEX_URL',
  'PIP_NO_INDEX',
  'PIP_PROXY',
  'PIP_RETRIES',
  'PIP_TIMEOUT',
  'PIP_TRUSTED_HOST',
]);

/** Variables whose effect pip's arguments already have, or that change only its output. */
const given = new Set([
  'PIP_BREAK_SYSTEM_PACKAGES',
  'PIP_CACHE_DIR',
  'PIP_DISABLE_PIP_VERSION_CHECK',
  'PIP_NO_CACHE_DIR',
  'PIP_NO_COLOR',
  'PIP_NO_DEPS',
  'PIP_NO_INPUT',
  'PIP_NO_WARN_SCRIPT_LOCATION',
  'PIP_ONLY_BINARY',
  'PIP_PRE',
  'PIP_PREFER_BINARY',
  'PIP_PROGRESS_BAR',
  'PIP_QUIET',
  'PIP_REQUIRE_HASHES',
  'PIP_ROOT_USER_ACTION',
  'PIP_VERBOSE',
]);

/** The variables of a stage that are passed on to pip. */
export function pipVariables(environment: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => passed.has(name)));
}

export interface RefusedSetting {
  readonly what: string;
  readonly remedy: string;
}

const wherePip =
  'Remove it, or set the package index with PIP_INDEX_URL, PIP_EXTRA_INDEX_URL or PIP_FIND_LINKS.';

/** Why a variable of the stage would not take effect; undefined if it does, or if no tool of this stage reads it. */
export function refuseVariable(name: string, value: string): RefusedSetting | undefined {
  if (value === '') return undefined;
  if (name === 'PYTHONOPTIMIZE')
    return {
      what: `${name}=${value}: bytecode is always compiled without -O`,
      remedy:
        'Remove it from the compile stage; set it in the final stage, where Python then compiles at every start.',
    };
  if (name === 'PYTHONPATH' || name === 'PYTHONHOME')
    return {
      what: `${name} has no effect in the compile stage, where nothing is imported`,
      remedy: `Set ${name} in the final stage.`,
    };
  if (name === 'PYTHONPYCACHEPREFIX')
    return {
      what: `${name} has no effect: bytecode lies beside its source`,
      remedy: 'Remove it from the compile stage.',
    };
  if (name === 'PIP_FIND_LINKS' && !value.split(/\s+/u).every((one) => /^https?:/u.test(one)))
    return {
      what: `${name} names a directory: ${value}`,
      remedy: 'Name it in the lock, relative to it: `--find-links wheels`.',
    };
  if (name.startsWith('PIP_') && !passed.has(name) && !given.has(name))
    return { what: `${name} is not passed on to pip`, remedy: wherePip };
  const tool = /^(?:UV|POETRY|PDM|PIPENV)(?=_)/u.exec(name)?.[0].toLowerCase();
  if (tool)
    return { what: `${name} has no effect: pip fetches the lock, ${tool} does not run`, remedy: wherePip };
  return undefined;
}

/** Whether two URLs name the same index. */
export function sameIndex(one: string, other: string): boolean {
  const bare = (url: string) =>
    url
      .replace(/^(https?:\/\/)[^/@]*@/u, '$1')
      .replace(/\/+$/u, '')
      .toLowerCase();
  return bare(one) === bare(other);
}
