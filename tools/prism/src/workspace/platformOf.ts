import { type Platform, parsePlatform } from '@prism-build/containerfile';

/** A platform of the options; one that is none stands for itself, since the build refuses it by name. */
export function platformOf(name: string): Platform {
  return parsePlatform(name) ?? { os: 'linux', architecture: name };
}
