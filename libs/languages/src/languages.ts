import { c } from './c';
import { go } from './go';
import type { Language } from './language';
import { python } from './python';
import { rust } from './rust';

/** Every language there is, a folder each; the first that recognises a command has it. */
export const languages: readonly Language[] = [go, rust, python, c];
