import type { Commit } from '../commit';
import { configuration } from './configuration';
import { failures } from './failures';
import { firstWeeks } from './firstWeeks';
import { laterWeeks } from './laterWeeks';
import { newThings } from './newThings';

/** More than 60 commits, each on top of the previous one: everyday work and typical mistakes. */
export const history: readonly Commit[] = [
  ...firstWeeks,
  ...failures,
  ...configuration,
  ...newThings,
  ...laterWeeks,
];
