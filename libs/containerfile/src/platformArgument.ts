/** Names that the engines set themselves. */
export const isPlatformArgument = (name: string): boolean =>
  /^(TARGET|BUILD)(PLATFORM|OS|ARCH|VARIANT)$/.test(name);
