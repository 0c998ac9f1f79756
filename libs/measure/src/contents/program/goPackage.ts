/**
 * The import path of the package in the name of a Go function, as debug/gosym finds it. Undefined for functions without
 * package, such as the entry point.
 */
export function goPackageOf(symbol: string): string | undefined {
  // Equality and hashes of types belong to the package of the type.
  const name = symbol.replace(/^type:\.(eq|hash)\./, '');
  if (/^(go|type):/.test(name)) return undefined;
  const plain = name.includes('[') ? name.slice(0, name.indexOf('[')) : name;
  const dot = plain.indexOf('.', plain.lastIndexOf('/') + 1);
  if (dot <= 0) return undefined;
  // Methods of unnamed types have the type in place of a path.
  if (!/^[\w.~/%+-]+$/.test(plain.slice(0, dot))) return undefined;
  // The linker escapes dots in the last element of a path.
  return plain
    .slice(0, dot)
    .replace(/%([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}
