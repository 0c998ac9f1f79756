import { type Platform, parsePlatform } from '@prism-build/containerfile';

/** Parses a platform of the options. Keeps an invalid one as text: the build refuses it and names it. */
export function platformOf(name: string): Platform {
  return parsePlatform(name) ?? { os: 'linux', architecture: name };
}
