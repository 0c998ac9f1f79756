import { failed, ok, type Result, scanFailure } from '@prism-build/errors';
import type { Finding, Reachability } from '@prism-build/policy';
import * as z from 'zod';
import { groupBy } from '../groupBy';
import { parseOutput } from '../parseOutput';
import type { ProgramNote } from './inventory';

const what = 'the output of govulncheck does not fit its schema';

const config = z.looseObject({
  protocol_version: z.literal('v1.0.0'),
  scanner_name: z.literal('govulncheck'),
  scan_level: z.literal('symbol'),
  scan_mode: z.literal('binary'),
  db_last_modified: z.iso.datetime({ offset: true }),
});

const sbom = z.looseObject({
  modules: z.array(z.looseObject({ path: z.string(), version: z.string().optional() })),
});

const advisory = z.looseObject({
  id: z.string().min(1),
  aliases: z.array(z.string().min(1)).optional(),
  summary: z.string().optional(),
  published: z.iso.datetime({ offset: true }).optional(),
  affected: z.array(
    z.looseObject({
      package: z.looseObject({ name: z.string() }),
      ecosystem_specific: z
        .looseObject({ imports: z.array(z.looseObject({ path: z.string().optional() })).optional() })
        .optional(),
    }),
  ),
});

const finding = z.looseObject({
  osv: z.string().min(1),
  fixed_version: z.string().optional(),
  // In binary mode there is no trace: the one frame is the vulnerable module, package or function.
  trace: z.tuple([
    z.looseObject({
      module: z.string().min(1),
      version: z.string().optional(),
      package: z.string().optional(),
      function: z.string().optional(),
      receiver: z.string().optional(),
    }),
  ]),
});

/** Each message has exactly one of these (protocol v1.0.0). */
const message = z.union([
  z.strictObject({ config }),
  z.strictObject({ progress: z.looseObject({}) }),
  z.strictObject({ SBOM: sbom }),
  z.strictObject({ osv: advisory }),
  z.strictObject({ finding }),
]);

type Message = z.infer<typeof message>;
type Advisory = z.infer<typeof advisory>;
type Reported = z.infer<typeof finding>;

/** A finding in a program, without its place in the image. */
type FindingOfProgram = Omit<Finding, 'path'>;

/**
 * Reads the messages of `govulncheck -mode=binary -format=json` about a program. Fails with SCAN_ERROR if they do not fit the
 * schema, or are about another database or other modules: then something was not matched.
 *
 * @param time of the database; milliseconds since 1970
 */
export function parseMessages(
  text: string,
  { body }: ProgramNote,
  time: number,
): Result<readonly FindingOfProgram[]> {
  const messages = splitMessages(text);
  if (!messages.ok) return messages;
  const configs = messages.value.flatMap((one) => ('config' in one ? [one.config] : []));
  const boms = messages.value.flatMap((one) => ('SBOM' in one ? [one.SBOM] : []));
  const osvs = messages.value.flatMap((one) => ('osv' in one ? [one.osv] : []));
  const reported = messages.value.flatMap((one) => ('finding' in one ? [one.finding] : []));
  const refuse = (why: string) => failed(scanFailure('SCAN_ERROR', { what, why }));
  if (configs.length !== 1 || boms.length !== 1) return refuse('it needs one config and one SBOM');
  if (Date.parse(configs[0]!.db_last_modified) !== time) return refuse('it is about another database');
  const matched = new Set(boms[0]!.modules.map(({ path, version = '' }) => `${path}@${version}`));
  const missing = listModules(body).filter((one) => !matched.has(one));
  if (missing.length > 0) return refuse(`it does not match ${missing.join(', ')}`);
  const advisories = new Map(osvs.map((one) => [one.id, one]));
  const unknown = reported.find(({ osv }) => !advisories.has(osv));
  if (unknown) return refuse(`it has no advisory ${unknown.osv}`);
  const groups = groupBy(reported, ({ osv, trace }) => JSON.stringify([osv, trace[0].module]));
  const isStripped = (body.pkgSymbols ?? []).length === 0;
  return ok(groups.map((group) => toFinding(group, advisories.get(group[0]!.osv)!, isStripped)));
}

/** Messages are indented: each ends with a line that has only its closing brace. */
function splitMessages(text: string): Result<readonly Message[]> {
  const list = `[${text.trim().replaceAll(/^\}\s*^\{/gm, '},{')}]`;
  return parseOutput(z.array(message), list, what);
}

/** The modules that must be matched, as `path@version`. */
function listModules({ main, modules = [], goVersion }: ProgramNote['body']): string[] {
  const replaced = modules.map((one) => one.Replace ?? one);
  return [...(main ? [main] : []), ...replaced, { Path: 'stdlib', Version: goVersion }].map(
    ({ Path, Version = '' }) => `${Path}@${Version}`,
  );
}

function toFinding(group: readonly Reported[], advisory: Advisory, isStripped: boolean): FindingOfProgram {
  const { module, version = '' } = group[0]!.trace[0];
  const { id, aliases = [], summary = '', published } = advisory;
  const fixed = group.find(({ fixed_version }) => fixed_version)?.fixed_version;
  // The name that other databases use comes first.
  const [name, ...others] = [...aliases].sort(byKind).concat(id) as [string, ...string[]];
  return {
    ...{ id: name, aliases: others, package: module, installed: version, title: summary },
    fixed: fixed?.replace(/^v/, ''),
    // The Go database has none.
    severity: 'UNKNOWN',
    kind: 'gobinary',
    purl: `pkg:golang/${module}@${version}`,
    // Year 1: not known.
    ...(published && !published.startsWith('0001-') && { published }),
    reachability: reach(group, advisory, isStripped),
  };
}

function byKind(a: string, b: string): number {
  const rank = (one: string) => (one.startsWith('CVE-') ? 0 : 1);
  return rank(a) - rank(b) || (a < b ? -1 : 1);
}

/** govulncheck reports all functions of a stripped program as present, because it cannot read which are. */
function reach(group: readonly Reported[], { affected }: Advisory, isStripped: boolean): Reachability {
  if (isStripped) return { state: 'unknown', why: 'the program is stripped' };
  const symbols = group.flatMap(({ trace: [frame] }) =>
    frame.function === undefined
      ? []
      : [[frame.package, frame.receiver?.replace(/^\*/, ''), frame.function].filter(Boolean).join('.')],
  );
  if (symbols.length > 0) return { state: 'called', symbols: [...new Set(symbols)].sort() };
  const { module } = group[0]!.trace[0];
  const places = affected.filter((one) => one.package.name === module);
  const isExact =
    places.length > 0 &&
    places.every(({ ecosystem_specific: { imports = [] } = {} }) =>
      imports.length > 0 ? imports.every(({ path }) => path) : false,
    );
  return isExact
    ? { state: 'notCalled' }
    : { state: 'unknown', why: 'the advisory does not name the vulnerable code' };
}
