import { type SplitArguments, withRepeated } from '../arguments';

/** Flags of `go build` that take no value; `-race=false` is allowed too. */
const switches = new Set(
  'a asan buildvcs cover i json linkshared modcacherw msan n race trimpath v work x'.split(' '),
);
/** Flags of `go build` that take a value, in the same argument or in the next one. */
const valued = new Set(
  'C asmflags buildmode compiler covermode coverpkg exec gccgoflags gcflags installsuffix ldflags mod modfile o overlay p pgo pkgdir tags toolexec'.split(
    ' ',
  ),
);

/** The arguments of compile-go; undefined for a flag that `go build` does not have. A flag without value is ''. */
export function splitFlags(args: readonly string[]): SplitArguments | undefined {
  const flags: Record<string, string> = {};
  const units: string[] = [];
  const repeated: string[] = [];
  for (let index = 0; index < args.length; index++) {
    const argument = args[index]!;
    const [, name, inline] = /^--?([A-Za-z][A-Za-z-]*)(?:=(.*))?$/su.exec(argument) ?? [];
    if (name === undefined) {
      if (argument.startsWith('-')) return undefined;
      units.push(argument);
      continue;
    }
    if (Object.hasOwn(flags, name)) repeated.push(name);
    if (switches.has(name)) flags[name] = inline ?? '';
    else {
      const value = inline ?? args[++index];
      if (!valued.has(name) || value === undefined) return undefined;
      flags[name] = value;
    }
  }
  return withRepeated({ flags, units }, repeated);
}

/** Why a flag of compile-go would not take effect; undefined if it does. */
export function refuseFlag(name: string, value: string, cgo = false): string | undefined {
  const on = value !== 'false' && value !== '0';
  switch (name) {
    case 'tags':
    case 'pgo':
      return undefined;
    case 'ldflags':
      return refuseToolFlags(value, linkFlags, /^all$/, 'the linker', cgo);
    case 'gcflags':
      return refuseToolFlags(value, compileFlags, /./, 'the compiler');
    case 'mod':
      return value === 'readonly' || value === 'vendor' ? undefined : 'compiling does not change go.mod';
    case 'buildmode':
      return value === 'default' || value === 'exe' ? undefined : 'compile-go builds static programs';
    case 'trimpath':
      return on ? undefined : 'paths of this machine are always removed from programs';
    case 'buildvcs':
      return on ? 'git history is not an input of an image' : undefined;
    case 'race':
    case 'msan':
    case 'asan':
      return on ? 'static programs have no runtime for it' : undefined;
    default:
      return 'compile-go does not support it';
  }
}

/** Flags of cmd/link and cmd/compile that change a program and read no file of the machine. `true`: takes a value. */
const linkFlags: Readonly<Record<string, boolean>> = {
  s: false,
  w: false,
  v: false,
  bindnow: false,
  checklinkname: false,
  compressdwarf: false,
  // Only an external linker gets these flags, and without cgo Go uses none.
  extldflags: true,
  X: true,
  B: true,
  linkmode: true,
  buildid: true,
};
const compileFlags: Readonly<Record<string, boolean>> = {
  B: false,
  C: false,
  N: false,
  e: false,
  l: false,
  dwarf: false,
  dwarflocationlists: false,
  smallframes: false,
  wb: false,
  d: true,
  spectre: true,
};

function refuseToolFlags(
  text: string,
  allowed: Readonly<Record<string, boolean>>,
  patterns: RegExp,
  tool: string,
  cgo = false,
): string | undefined {
  const [, pattern, rest = text] = /^([^-'"\s=][^='"\s]*)=(.*)$/su.exec(text.trimStart()) ?? [];
  if (pattern !== undefined && !patterns.test(pattern))
    return `the pattern ${pattern} names some packages only`;
  const words = splitQuoted(rest);
  if (words === undefined) return 'a quotation mark is not closed';
  for (let index = 0; index < words.length; index++) {
    const word = words[index]!;
    const [, name = word, inline] = /^--?([A-Za-z]\w*)(?:=(.*))?$/su.exec(word) ?? [];
    const takesValue = allowed[name];
    if (takesValue === undefined) return `compile-go does not pass ${word} to ${tool}`;
    const value = inline ?? (takesValue ? words[++index] : undefined);
    if (name === 'linkmode' && value !== (cgo ? 'external' : 'internal'))
      return cgo ? 'C needs the external linker' : 'another linker needs cgo, which is off';
    if (name === 'extldflags' && cgo && value !== '-static')
      return 'cgo links statically; write other flags into CGO_LDFLAGS';
    if (name === 'buildid' && value !== '')
      return 'the build ID is always empty, so that a changed comment does not change the program';
  }
  return undefined;
}

/** Splits words as the go command splits the values of its flags; undefined if a quotation is not closed. */
export function splitQuoted(text: string): string[] | undefined {
  const words: string[] = [];
  let rest = text.trimStart();
  while (rest !== '') {
    const quote = rest[0] === "'" || rest[0] === '"' ? rest[0] : undefined;
    const end = quote === undefined ? rest.search(/\s/) : rest.indexOf(quote, 1);
    if (end < 0 && quote !== undefined) return undefined;
    words.push(end < 0 ? rest : rest.slice(quote === undefined ? 0 : 1, end));
    rest = end < 0 ? '' : rest.slice(quote === undefined ? end : end + 1).trimStart();
  }
  return words;
}
