import type { Target } from '../language';

const systems =
  'aix android darwin dragonfly freebsd hurd illumos ios js nacl netbsd openbsd plan9 solaris wasip1 windows zos'.split(
    ' ',
  );
const architectures =
  '386 amd64 amd64p32 arm armbe arm64 arm64be loong64 mips mipsle mips64 mips64le mips64p32 mips64p32le ppc ppc64 ppc64le riscv riscv64 s390 s390x sparc sparc64 wasm'.split(
    ' ',
  );

/** Suffixes of file names that Go skips on all these targets (which are Linux) without opening the file. */
export function foreignEndings(targets: readonly Target[]): string[] {
  const wanted = new Set(targets.map(({ architecture }) => architecture));
  const others = [...systems, ...architectures.filter((name) => !wanted.has(name))];
  return others.map((name) => `_${name}.go`);
}

/** Whether Go's rules for file names exclude a file on a target (`x_windows.go`, `x_linux_arm64.go`; see go/build). */
export function nameFits(name: string, target: Target): boolean {
  const stem = name.split('.')[0]!;
  const parts = stem.split('_').slice(1);
  if (parts.at(-1) === 'test') parts.pop();
  const [system, architecture] = [parts.at(-2), parts.at(-1)];
  const isSystem = (one: string | undefined) =>
    one !== undefined && (one === 'linux' || systems.includes(one));
  const isArchitecture = (one: string | undefined) => one !== undefined && architectures.includes(one);
  if (isSystem(system) && isArchitecture(architecture))
    return system === target.os && architecture === target.architecture;
  if (isSystem(architecture)) return architecture === target.os;
  return isArchitecture(architecture) ? architecture === target.architecture : true;
}

/**
 * Whether `//go:build` excludes a file on a target. Undefined if files alone do not decide it (release, experiments
 * and processor features of the toolchain), or if the expression is invalid.
 */
export function constraintHolds(
  expression: string,
  { os, architecture }: Target,
  tags: readonly string[],
): boolean | undefined {
  const known = new Set([os, architecture, 'gc', 'unix', ...tags]);
  const holds = (tag: string): boolean | undefined => {
    if (known.has(tag)) return true;
    return /[.]/.test(tag) ? undefined : false;
  };
  const words = expression.match(/&&|\|\||[!()]|[^\s!()&|]+/g) ?? [];
  let at = 0;
  const either = (): boolean | undefined => {
    let value = both();
    while (words[at] === '||') {
      at++;
      const other = both();
      value = value === true || other === true ? true : value === undefined ? undefined : other;
    }
    return value;
  };
  const both = (): boolean | undefined => {
    let value = one();
    while (words[at] === '&&') {
      at++;
      const other = one();
      value = value === false || other === false ? false : value === undefined ? undefined : other;
    }
    return value;
  };
  const one = (): boolean | undefined => {
    const word = words[at++];
    if (word === '!') {
      const value = one();
      return value === undefined ? undefined : !value;
    }
    if (word !== '(') return word === undefined ? undefined : holds(word);
    const value = either();
    at++;
    return value;
  };
  const value = either();
  return at === words.length ? value : undefined;
}
