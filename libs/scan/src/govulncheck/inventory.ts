import { ok, type Result } from '@prism-build/errors';
import type { Finding } from '@prism-build/policy';
import * as z from 'zod';
import { parseOutput } from '../parseOutput';
import type { Canary, Survey } from '../scanner';

const header = z.strictObject({ name: z.literal('govulncheck-extract'), version: z.literal('0.1.0') });
const version = { Path: z.string().min(1), Version: z.string().optional() };
const goModule = z.looseObject({ ...version, Replace: z.looseObject(version).nullish() });

/** What `govulncheck -mode=extract` notes of a program; the rest is passed on. */
const body = z.looseObject({
  main: goModule.optional(),
  modules: z.array(goModule).optional(),
  /** Absent for a stripped program. */
  pkgSymbols: z.array(z.looseObject({})).optional(),
  goVersion: z.string().min(1),
});

const program = z.strictObject({ paths: z.array(z.string().min(1)).min(1), header, body });

/** The Go programs of an image, each content once. */
const inventory = z.strictObject({ programs: z.array(program) });

export type ProgramNote = z.infer<typeof program>;

/** Reads the output of `govulncheck -mode=extract`: two lines of JSON. Failure: SCAN_ERROR. */
export function parseExtract(text: string, paths: readonly string[]): Result<ProgramNote> {
  const what = `the output of govulncheck -mode=extract for /${paths[0]} does not fit its schema`;
  const [first = '', second = '', ...more] = text.trimEnd().split('\n');
  const [head, content] = [parseOutput(header, first, what), parseOutput(body, second, what)];
  if (!head.ok) return head;
  if (!content.ok) return content;
  const rest = parseOutput(z.tuple([]), JSON.stringify(more), what);
  return rest.ok ? ok({ paths: [...paths], header: head.value, body: content.value }) : rest;
}

/** The form that govulncheck reads in place of a program. */
export function printExtract({ header, body }: ProgramNote): string {
  return `${JSON.stringify(header)}\n${JSON.stringify(body)}\n`;
}

export function printInventory(programs: readonly ProgramNote[]): string {
  return JSON.stringify({ programs });
}

export function parseInventory(bytes: Uint8Array): Result<readonly ProgramNote[]> {
  const parsed = parseOutput(inventory, Buffer.from(bytes).toString(), 'not an inventory of govulncheck');
  return parsed.ok ? ok(parsed.value.programs) : parsed;
}

/** What an inventory covers. Each program contains at least Go's standard library. */
export function surveyPrograms(bytes: Uint8Array): Result<Survey> {
  const parsed = parseInventory(bytes);
  if (!parsed.ok) return parsed;
  const programs = parsed.value;
  const gaps = programs
    .filter(({ body }) => !isKnownGo(body.goVersion))
    .map(
      ({ paths, body }) => `govulncheck cannot judge /${paths[0]}, which was built with ${body.goVersion}`,
    );
  return ok({ packages: programs.length, canaries: programs.length > 0 ? [canary] : [], gaps });
}

/** Programs of releases before Go 1.18 list no modules; an unreleased Go has no place in ranges of versions. */
function isKnownGo(goVersion: string): boolean {
  const [, minor = '0'] = /^go1\.(\d+)/.exec(goVersion) ?? [];
  return Number(minor) >= 18;
}

const advisory = 'GO-2023-2102';

/** A program with one vulnerability in a module and in the standard library. */
const canary: Canary = {
  inventory: printInventory([
    {
      paths: ['canary'],
      header: { name: 'govulncheck-extract', version: '0.1.0' },
      body: {
        ...{ path: 'canary', goVersion: 'go1.20', goos: 'linux', goarch: 'amd64' },
        modules: [{ Path: 'golang.org/x/net', Version: 'v0.7.0' }],
      },
    },
  ]),
  isFound: (findings) =>
    ['stdlib', 'golang.org/x/net'].every((name) =>
      findings.some((one: Finding) => one.package === name && one.aliases?.includes(advisory)),
    ),
  gap: `the database of govulncheck does not know ${advisory}, so it has no usable Go advisories`,
};
