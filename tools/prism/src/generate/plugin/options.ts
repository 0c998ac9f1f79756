import * as z from 'zod';

const backends = ['memory', 'sql', 'queue', 'blank'] as const;
const languageNames = ['go', 'rust', 'python'] as const;

/** Options of the `plugin` generator; schema/plugin.json is made from it. */
export const pluginOptions = z.strictObject({
  name: z
    .string()
    .describe('What the plugin is called: plugins/<name>, and the project plugin-<name>.')
    .meta({
      $default: { $source: 'argv', index: 0 },
      'x-prompt': 'What shall the plugin be called?',
    }),
  backend: z
    .enum(backends)
    .default('memory')
    .describe('Where it keeps keys: in memory, in SQL, in an append-only log on disk, or nowhere yet.')
    .meta({
      'x-prompt': {
        message: 'Where does it keep keys?',
        type: 'list',
        items: [
          { value: 'memory', label: 'memory: ordered, lost with the process' },
          { value: 'sql', label: 'sql: a file of SQLite' },
          { value: 'queue', label: 'queue: an append-only log on disk' },
          { value: 'blank', label: 'blank: nowhere yet, every call answers UNIMPLEMENTED' },
        ],
      },
    }),
  lang: z
    .enum(languageNames)
    .default('go')
    .describe('The language that it is written in.')
    .meta({
      'x-prompt': {
        message: 'In which language?',
        type: 'list',
        items: ['go', 'rust', 'python'],
      },
    }),
});

type PluginOptions = z.infer<typeof pluginOptions>;
export type Backend = PluginOptions['backend'];
