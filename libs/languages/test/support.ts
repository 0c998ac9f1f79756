import type { CompileRequest, Language, Machine, Target } from '../src/index';

export const amd64: Target = { os: 'linux', architecture: 'amd64' };
export const arm64: Target = { os: 'linux', architecture: 'arm64' };

/** A machine out of files; those below a `bin` are executable. */
export function machineOf(files: Readonly<Record<string, string>>, path: readonly string[] = []): Machine {
  return {
    path,
    readText: (file) => files[file],
    isExecutable: (file) => file in files && file.includes('/bin/'),
    realPath: (file) => files[file]?.replace(/^-> /, '') || file,
  };
}

/** A request as the compile step makes it, for a command that the language must recognise. */
export function requestOf(
  language: Language,
  argv: readonly string[],
  more: Partial<CompileRequest> = {},
): CompileRequest {
  const recognised = language.command.recognise(argv);
  if (!recognised) throw new Error(`${language.name} does not recognise ${argv.join(' ')}`);
  return {
    recognised,
    targets: [amd64, arm64],
    directories: {
      source: '/w/source',
      working: '/w/source/src/x',
      cache: '/c',
      home: '/h',
      scratch: '/w/out/1',
    },
    toolchain: { command: '/usr/local/go/bin/go', root: '/usr/local/go' },
    environment: () => ({}),
    contains: () => false,
    text: () => undefined,
    version: '1.96.0',
    cores: 4,
    remapsSource: false,
    out: ({ architecture }) => `/w/out/linux-${architecture}`,
    ...more,
  };
}
