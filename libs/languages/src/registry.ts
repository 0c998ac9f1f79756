import type { Language, Recognised } from './language';
import { languages } from './languages';
import type { Pin } from './pin';

export { languages } from './languages';

/** The language that a pin or a plan names. */
export function languageNamed(name: string): Language | undefined {
  return languages.find((language) => language.name === name);
}

/** The first language that recognises a command, with the parsed command. */
export function recogniseCommand(
  argv: readonly string[],
): { language: Language; recognised: Recognised } | undefined {
  for (const language of languages) {
    const recognised = language.command.recognise(argv);
    if (recognised) return { language, recognised };
  }
  return undefined;
}

/** The pin that the tag of a well-known builder image stands for: `golang:1.26.8` pins Go 1.26.8. */
export function pinOfReference(reference: string): Pin | undefined {
  const match = /(?:^|\/)([\w.-]+):(\d+\.\d+\.\d+)(?:-[\w.-]+)?(?:@sha256:[0-9a-f]{64})?$/.exec(reference);
  const [, image = '', version = ''] = match ?? [];
  const language = languages.find(({ toolchain }) => toolchain.images.includes(image));
  return language && { language: language.name, version, packages: {} };
}

/**
 * The pin of this version of the plugin for a builder base, by its directory. `base-go-builder` stands for it in a
 * workspace without a builder of that name. Pins are compiled in, so they are part of the executors' identity.
 */
export function shippedPin(builder: string): Pin | undefined {
  return languages.find(({ toolchain }) => toolchain.builder === builder)?.toolchain.shipped;
}

/** The other languages whose pinned compilers a stage needs, for any of its platforms. */
export function listCompanions(
  language: Language,
  environments: readonly Readonly<Record<string, string>>[],
): Language[] {
  const names = new Set(environments.flatMap((one) => language.compiler.companions?.(one) ?? []));
  return [...names].flatMap((name) => languageNamed(name) ?? []);
}
