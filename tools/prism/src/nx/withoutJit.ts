import * as z from 'zod';

// A scan parses few values of each form, and compiling a parser for the form takes longer. Imported first, because schemas read
// this setting when they are made.
z.config({ jitless: true });
