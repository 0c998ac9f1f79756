import { type Platform, parsePlatform } from '@prism-build/containerfile';

/** A platform of the options; an invalid one is kept as text, because the build refuses it by name. */
export function platformOf(name: string): Platform {
  return parsePlatform(name) ?? { os: 'linux', architecture: name };
}
