import type { NxJsonConfiguration } from '@nx/devkit';

/**
 * Names of building targets that plugins may add without a file of the project declaring them: `build`, and
 * what the options of plugins in nx.json call it (`buildTargetName`, `build.targetName`).
 */
export function listLikely({ plugins }: NxJsonConfiguration): string[] {
  const names = (plugins ?? []).flatMap((plugin) => {
    const options = typeof plugin === 'string' ? undefined : (plugin.options as object | undefined);
    return Object.entries(options ?? {}).flatMap(([key, value]): string[] => {
      if (!/^(build|package|bundle|export)(Target(Name)?)?$/.test(key)) return [];
      const name = typeof value === 'object' && value !== null ? value.targetName : value;
      return typeof name === 'string' && name !== '' ? [name] : [];
    });
  });
  return [...new Set(['build', ...names])];
}
