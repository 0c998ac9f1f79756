import { c } from './c';
import { go } from './go';
import type { Language } from './language';
import { python } from './python';
import { rust } from './rust';

/** All languages, one folder each. The first one that recognises a command handles it. */
export const languages: readonly Language[] = [go, rust, python, c];
