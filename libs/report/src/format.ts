import { printQuantity } from '@prism-build/measure';

export const formatBytes = (bytes: number): string => printQuantity(bytes, 'bytes');

export const formatMilliseconds = (ms: number): string => printQuantity(ms, 'ms');

export const formatRatio = (ratio: number): string => printQuantity(ratio, 'ratio');

export const formatShare = (share: number): string => printQuantity(share * 100, 'percent');

/** Text of at most `length` characters; charts name the whole text in a title. */
export function shorten(text: string, length: number): string {
  const characters = [...text];
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join('')}…`;
}
